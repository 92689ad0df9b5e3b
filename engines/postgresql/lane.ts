import type { ConnectionTarget } from '@plumbline/contracts';
import type { Client, ClientConfig } from 'pg';
import { tlsAuthority } from '../shared/tls-authority.js';
import { Turns } from '../shared/turns.js';
import { sourceError } from './source-error.js';
import { marked } from '../shared/own-mark.js';
import type { Query } from './source.js';

/** What one reading may take of the source, at most. */
const statement_timeout_ms = 5_000;
const lock_timeout_ms = 500;
const connect_timeout_ms = 10_000;
/** The client's own patience, over the server's: for a network that swallows the answer. */
const query_timeout_ms = 15_000;

const session_settings = {
  statement_timeout: String(statement_timeout_ms),
  lock_timeout: String(lock_timeout_ms),
  idle_in_transaction_session_timeout: '15000',
  default_transaction_read_only: 'on',
  // Times are compared as text.
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
};

/**
 * One connection, made when first needed and made again after it broke; its readings wait for each other. The driver is
 * loaded here, and nowhere else in the engine.
 */
export class LaneConnection {
  #client: Client | undefined;
  #database_name = '';
  readonly #turns = new Turns();

  constructor(
    readonly target: ConnectionTarget,
    readonly onConnected: (query: Query) => Promise<void> = async () => undefined,
  ) {}

  read<T>(work: (query: Query) => Promise<T>, database_name = this.target.database_name): Promise<T> {
    return this.#turns.take(() => this.#transaction(database_name, work));
  }

  async close(): Promise<void> {
    await this.#turns.end();
    await this.#drop();
  }

  async #transaction<T>(database_name: string, work: (query: Query) => Promise<T>): Promise<T> {
    const query = queryOf(await this.#connected(database_name));
    try {
      await query('BEGIN READ ONLY');
      const result = await work(query);
      await query('ROLLBACK');
      return result;
    } catch (error) {
      await query('ROLLBACK').catch(() => this.#drop());
      throw sourceError(error, this.target);
    }
  }

  async #connected(database_name: string): Promise<Client> {
    if (this.#client !== undefined && this.#database_name === database_name) return this.#client;
    await this.#drop();
    const { default: pg } = await import('pg');
    const client = new pg.Client(clientConfig(this.target, database_name));
    const forget = (): void => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('error', forget); // a connection that breaks while idle must not end the process
    client.on('end', forget);
    try {
      await client.connect();
      const settings = Object.entries(session_settings).map(
        ([name, value]) => `set_config('${name}', '${value}', false)`,
      );
      const query = queryOf(client);
      await query(`SELECT ${settings.join(', ')}`);
      await this.onConnected(query);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw sourceError(error, { ...this.target, database_name });
    }
    this.#client = client;
    this.#database_name = database_name;
    return client;
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}

const queryOf =
  (client: Client): Query =>
  async <Row>(sql: string, values?: readonly unknown[]) => {
    const answer = await client.query(marked(sql), values === undefined ? undefined : [...values]);
    return answer.rows as Row[];
  };

function clientConfig(target: ConnectionTarget, database_name: string): ClientConfig {
  return {
    host: target.host,
    port: target.port,
    database: database_name,
    user: target.user_name,
    password: target.password,
    application_name: 'plumbline',
    connectionTimeoutMillis: connect_timeout_ms,
    query_timeout: query_timeout_ms,
    keepAlive: true,
    ssl: tlsOptions(target),
  };
}

function tlsOptions(target: ConnectionTarget): ClientConfig['ssl'] {
  if (target.tls === 'off') return false;
  return { rejectUnauthorized: target.tls === 'verify', ...tlsAuthority(target) };
}
