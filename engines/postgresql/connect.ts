import type { ConnectionTarget } from '@plumbline/contracts';
import { SourceError } from '@plumbline/contracts';
import { readFileSync } from 'node:fs';
import type { Client, ClientConfig } from 'pg';
import { sourceError } from './source-error.js';
import { marker, type Lane, type Query, type ServerFacts, type Source } from './source.js';

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

interface FactsRow {
  server_version: string;
  version_num: number;
  block_bytes: number;
  user_name: string;
  database_name: string;
  is_superuser: boolean;
}

/** Throws SourceError with the exact fix. The driver is loaded here, and nowhere else in the engine. */
export async function connectSource(target: ConnectionTarget): Promise<Source> {
  const source = new PostgresqlSource(target);
  await source.open();
  return source;
}

class PostgresqlSource implements Source {
  #facts: ServerFacts | undefined;
  readonly #lanes: Record<Lane, LaneConnection>;

  constructor(target: ConnectionTarget) {
    this.#lanes = { fast: new LaneConnection(target), catalog: new LaneConnection(target) };
  }

  get facts(): ServerFacts {
    if (this.#facts === undefined) throw new SourceError('broken', 'the source is not connected yet', '');
    return this.#facts;
  }

  async open(): Promise<void> {
    this.#facts = await this.read('fast', async (query) => {
      const [row] = await query<FactsRow>(
        `SELECT current_setting('server_version') AS server_version,
          current_setting('server_version_num')::int AS version_num,
          current_setting('block_size')::int AS block_bytes, current_user::text AS user_name,
          current_database()::text AS database_name,
          (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser`,
      );
      if (row === undefined) throw new SourceError('broken', 'the server does not tell its version', '');
      if (row.version_num < 130_000) {
        throw new SourceError(
          'unsupported',
          `PostgreSQL ${row.server_version} is older than 13`,
          'Upgrade the server to PostgreSQL 13 or later',
        );
      }
      return { ...row, server_version: shortVersion(row.server_version), major: Math.floor(row.version_num / 10_000) };
    });
  }

  read<T>(lane: Lane, work: (query: Query) => Promise<T>, database_name?: string): Promise<T> {
    return this.#lanes[lane].read(work, database_name);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.fast.close(), this.#lanes.catalog.close()]);
  }
}

/** `15.20 (Debian 15.20-0+deb12u1)` → `15.20`. */
const shortVersion = (text: string): string => text.split(' ')[0] ?? text;

/** One connection, made when first needed and made again after it broke; its readings wait for each other. */
class LaneConnection {
  #client: Client | undefined;
  #database_name = '';
  #last: Promise<unknown> = Promise.resolve();
  #is_closed = false;

  constructor(readonly target: ConnectionTarget) {}

  read<T>(work: (query: Query) => Promise<T>, database_name = this.target.database_name): Promise<T> {
    const turn = this.#last.then(() => this.#transaction(database_name, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#is_closed = true;
    await this.#last;
    await this.#drop();
  }

  async #transaction<T>(database_name: string, work: (query: Query) => Promise<T>): Promise<T> {
    if (this.#is_closed) throw new SourceError('broken', 'the connection was closed', '');
    const client = await this.#connected(database_name);
    const query: Query = async <Row>(sql: string, values?: readonly unknown[]) => {
      const answer = await client.query(`${marker} ${sql}`, values === undefined ? undefined : [...values]);
      return answer.rows as Row[];
    };
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
      await client.query(`${marker} SELECT ${settings.join(', ')}`);
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
  const ca = target.tls_ca_file === undefined ? {} : { ca: readCertificate(target.tls_ca_file) };
  return { rejectUnauthorized: target.tls === 'verify', ...ca };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SourceError('unreachable', `the TLS authority file ${file} cannot be read`, 'Check tls_ca_file', {
      cause: error,
    });
  }
}
