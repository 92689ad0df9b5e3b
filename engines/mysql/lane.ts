import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { isIP } from 'node:net';
import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { tlsAuthority } from '../shared/tls-authority.js';
import { Turns } from '../shared/turns.js';
import { Fields } from './fields.js';
import { marked, sessionSetup } from './own-statements.js';
import { sourceError } from './source-error.js';
import type { Query, ServerFacts } from './source.js';

const connect_timeout_ms = 10_000;
/** The client's own patience, over the server's: for a network that swallows the answer. */
const query_timeout_ms = 15_000;

/** One connection, made when first needed and made again after it broke; its readings wait for each other. */
export class LaneConnection {
  /** Of the last connection made: another server may have taken the place of the one before. */
  facts: ServerFacts | undefined;
  #client: Connection | undefined;
  #database_name = '';
  readonly #turns = new Turns();

  constructor(
    readonly target: ConnectionTarget,
    readonly learn: (query: Query) => Promise<ServerFacts>,
  ) {}

  read<T>(work: (query: Query) => Promise<T>, database_name = this.target.database_name): Promise<T> {
    return this.#turns.take(() => this.#run(database_name, work));
  }

  async close(): Promise<void> {
    await this.#turns.end();
    await this.#leave();
  }

  async #run<T>(database_name: string, work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#connected(database_name);
    try {
      return await work(this.#queryOf(client, database_name));
    } catch (error) {
      if (error instanceof SourceError && error.failure === 'unreachable') this.#drop();
      throw error;
    }
  }

  async #connected(database_name: string): Promise<Connection> {
    if (this.#client !== undefined && this.#database_name === database_name) return this.#client;
    await this.#leave();
    const client = await this.#open(database_name);
    try {
      const query = this.#queryOf(client, database_name);
      this.facts = await this.learn(query);
      await query(sessionSetup(this.facts));
    } catch (error) {
      client.destroy();
      throw error;
    }
    this.#client = client;
    this.#database_name = database_name;
    return client;
  }

  /** The driver is loaded here, and nowhere else in the engine. */
  async #open(database_name: string): Promise<Connection> {
    const { createConnection } = await import('mysql2/promise');
    try {
      const client = await createConnection(clientOptions(this.target, database_name));
      // A connection that breaks while idle must not end the process.
      client.on('error', () => {
        if (this.#client === client) this.#client = undefined;
      });
      return client;
    } catch (error) {
      throw sourceError(error, { ...this.target, database_name });
    }
  }

  #queryOf(client: Connection, database_name: string): Query {
    return async (sql) => {
      try {
        const [rows] = await client.query({ sql: marked(sql), timeout: query_timeout_ms });
        return Array.isArray(rows) ? rows.map((row) => new Fields(row)) : [];
      } catch (error) {
        throw sourceError(error, { ...this.target, database_name });
      }
    };
  }

  /** With a word of farewell: the server logs and counts a connection that only vanishes as aborted. */
  async #leave(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => client.destroy());
  }

  #drop(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }
}

/** Numbers of 64 bits and times stay text: a picosecond counter passes 2^53 after 2.5 hours. */
function clientOptions(target: ConnectionTarget, database_name: string): ConnectionOptions {
  return {
    host: target.host,
    port: target.port,
    database: database_name,
    user: target.user_name,
    password: target.password,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    connectTimeout: connect_timeout_ms,
    enableKeepAlive: true,
    connectAttributes: { program_name: 'plumbline' },
    ...tlsOptions(target),
  };
}

function tlsOptions(target: ConnectionTarget): Pick<ConnectionOptions, 'ssl'> {
  if (target.tls === 'off') return {};
  const is_verified = target.tls === 'verify';
  if (is_verified && isIP(target.host) !== 0) throw addressNotVerifiable(target.host);
  return { ssl: { rejectUnauthorized: is_verified, verifyIdentity: is_verified, ...tlsAuthority(target) } };
}

/** The driver (mysql2 3.24.5) holds the certificate of an address against the name localhost: as good as no check. */
const addressNotVerifiable = (host: string): SourceError =>
  new SourceError(
    'unreachable',
    `the certificate of ${host} cannot be checked, because it is an address and no name`,
    'Set host to the name that stands in the certificate (tls_ca_file to who signed it), or tls: require to encrypt only',
  );
