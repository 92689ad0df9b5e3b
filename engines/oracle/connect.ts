import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { marked } from '../shared/own-mark.js';
import { Turns } from '../shared/turns.js';
import { attributesOf } from './descriptor.js';
import type { Driver, DriverColumn, DriverConnection, LoadDriver } from './driver.js';
import { readFacts } from './facts.js';
import { fitted, viewsOf } from './fitted.js';
import { forbidUnlicensed, packDenied } from './licence.js';
import type { OracleOptions } from './options.js';
import { readDictionary } from './dictionary.js';
import { sourceError } from './source-error.js';
import {
  module_name,
  statement,
  type Dictionary,
  type Query,
  type RawRow,
  type ServerFacts,
  type Source,
} from './source.js';

/** Of one round trip: for a server that thinks too long and for a network that swallows the answer. */
const call_timeout_ms = 30_000;
const rows_per_round_trip = 1_000;

/** The driver is loaded here, and nowhere else in the engine. Thin mode: no client library is needed. */
export const loadDriver: LoadDriver = async () => (await import('oracledb')).default as unknown as Driver;

/** Throws SourceError with the exact fix. */
export async function connectSource(
  target: ConnectionTarget,
  options: OracleOptions,
  load: LoadDriver,
): Promise<Source> {
  const source = new OracleSource(target, options, await load(target));
  try {
    await source.open();
  } catch (error) {
    await source.close();
    throw error;
  }
  return source;
}

/** One session, made when first needed and made again after it broke; its readings wait for each other. */
class OracleSource implements Source {
  #connection: DriverConnection | undefined;
  readonly #turns = new Turns();
  #facts: ServerFacts | undefined;
  #dictionary: Dictionary = { has: () => false, canRead: () => false };
  /** False after a break, which may have been a restart or an upgrade, and when a grant was missing. */
  #is_known = false;

  constructor(
    readonly target: ConnectionTarget,
    readonly options: OracleOptions,
    readonly driver: Driver,
  ) {}

  get facts(): ServerFacts {
    if (this.#facts === undefined) throw new SourceError('broken', 'the source is not connected yet', '');
    return this.#facts;
  }

  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  async open(): Promise<void> {
    await this.read(() => Promise.resolve());
  }

  read<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (!this.#is_known) await this.#introspect();
      return this.#transaction(work);
    });
  }

  async #introspect(): Promise<void> {
    this.#dictionary = await this.#transaction(readDictionary);
    this.#facts = await this.#transaction((query) => readFacts(query, this.#dictionary, this.target));
    this.#is_known = true;
  }

  async close(): Promise<void> {
    await this.#turns.end();
    await this.#drop();
  }

  async #transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    try {
      await this.#execute(connection, 'SET TRANSACTION READ ONLY', {});
      const result = await work((file, binds = {}) => this.#query(connection, file, binds));
      await connection.rollback();
      return result;
    } catch (error) {
      await connection.rollback().catch(() => this.#drop());
      const failure = sourceError(error, this.target);
      if (losing.has(failure.failure)) await this.#drop();
      throw failure;
    }
  }

  async #query(connection: DriverConnection, file: string, binds: Parameters<Query>[1]): Promise<readonly RawRow[]> {
    const sql = fitted(statement(file), this.#dictionary);
    const views = viewsOf(sql);
    // Before the facts are known nothing licensed is read: the statements of connecting name no such view.
    forbidUnlicensed(views, this.#facts && packDenied(this.#facts, this.options));
    try {
      return await this.#execute(connection, marked(sql), binds ?? {});
    } catch (error) {
      const unreadable = views.filter((view) => !this.#dictionary.canRead(view));
      this.#is_known = false;
      throw sourceError(error, { ...this.target, unreadable: unreadable.length > 0 ? unreadable : views });
    }
  }

  async #execute(
    connection: DriverConnection,
    sql: string,
    binds: Readonly<Record<string, unknown>>,
  ): Promise<readonly RawRow[]> {
    const answer = await connection.execute(sql, binds, {
      outFormat: this.driver.OUT_FORMAT_ARRAY,
      fetchArraySize: rows_per_round_trip,
      fetchTypeHandler: (column) => this.#asText(column),
    });
    const names = (answer?.metaData ?? []).map(({ name }) => name.toLowerCase());
    return (answer?.rows ?? []).map((row) => {
      const values: readonly unknown[] = Array.isArray(row) ? row : [];
      return Object.fromEntries(names.map((name, place) => [name, values[place]]));
    });
  }

  /** A NUMBER has 38 digits and a double 15; a CLOB would else cost a round trip each. */
  #asText({ dbTypeName = '' }: DriverColumn): { readonly type: unknown } | undefined {
    return /^(NUMBER|BINARY_|N?CLOB|LONG)/.test(dbTypeName.replace('DB_TYPE_', ''))
      ? { type: this.driver.STRING }
      : undefined;
  }

  async #connected(): Promise<DriverConnection> {
    if (this.#connection !== undefined) return this.#connection;
    try {
      const connection = await this.driver.getConnection(attributesOf(this.target));
      connection.callTimeout = call_timeout_ms;
      connection.module = module_name;
      connection.action = 'collect';
      this.#connection = connection;
      return connection;
    } catch (error) {
      throw sourceError(error, this.target);
    }
  }

  async #drop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#is_known = false;
    await connection?.close().catch(() => undefined);
  }
}

/** After these the session is of no use: a round trip that timed out leaves its answer on the way. */
const losing: ReadonlySet<string> = new Set(['unreachable', 'timeout']);
