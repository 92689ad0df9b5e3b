import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { randomUUID } from 'node:crypto';
import { clusterOf, cluster_settings } from '../cluster/settings.js';
import { insert_settings, parquet_settings, tableName } from '../insert-settings.js';
import { checkNdjson, wellFormed } from '../ndjson.js';
import { StoreError, storeError } from '../store-error.js';
import { expand } from '../template.js';
import type { FileStore, InsertOptions, ServerStore, StatementOptions, Store } from '../store.js';

const request_timeout_ms = 120_000;

/** A ClickHouse server over HTTP. */
export class HttpStore implements Store, FileStore, ServerStore {
  private readonly client: ClickHouseClient;

  private constructor(
    private readonly target: URL,
    readonly database_name: string,
    readonly cluster: string | undefined,
  ) {
    this.client = clientOf(target, database_name);
  }

  /** `url`: `http(s)://user:password@host:port/database?cluster=name`; the database is made when it is not there. */
  static async open(url: string): Promise<HttpStore> {
    const target = new URL(url);
    const database = decodeURIComponent(target.pathname.slice(1)) || 'plumbline';
    const store = new HttpStore(target, database, clusterOf(target));
    try {
      await store.command('SELECT 1');
    } catch (cause) {
      if (!(cause instanceof StoreError) || cause.code !== unknown_database) {
        await store.close();
        throw cause;
      }
      await createDatabase(target, database, store.cluster);
    }
    return store;
  }

  /** Made on the server that answers, not on its whole cluster. */
  inDatabase(database_name: string): Store {
    return new HttpStore(this.target, database_name, undefined);
  }

  async query<Row>(sql: string, options: StatementOptions = {}): Promise<readonly Row[]> {
    return this.asStoreError(options.signal, async (abort_signal) => {
      const answer = await this.client.query({
        query: sql,
        format: 'JSONEachRow',
        ...statementFields(options),
        ...abort_signal,
      });
      return answer.json<Row>();
    });
  }

  async command(sql: string, options: StatementOptions = {}): Promise<void> {
    await this.asStoreError(options.signal, (abort_signal) =>
      this.client.command({ query: sql, ...statementFields(options), ...abort_signal }),
    );
  }

  async insert(table: string, ndjson: string, options: InsertOptions): Promise<void> {
    if (options.token === '')
      throw new StoreError(`an insert into ${table} has no deduplication token; nothing was sent`);
    checkNdjson(ndjson);
    const name = tableName(table);
    await this.asStoreError(options.signal, async (abort_signal) => {
      const { stream } = await this.client.exec({
        query: `INSERT INTO ${name} FORMAT JSONEachRow`,
        values: Readable.from([Buffer.from(wellFormed(ndjson))], { objectMode: false }),
        clickhouse_settings: { ...insert_settings, insert_deduplication_token: options.token },
        ...abort_signal,
      });
      // The connection is given back when its answer has been read.
      stream.resume();
      await finished(stream);
    });
  }

  async exportParquet(sql: string, options: StatementOptions = {}): Promise<Uint8Array> {
    return this.asStoreError(options.signal, async (abort_signal) => {
      const query = `${sql} FORMAT Parquet`;
      const { stream } = await this.client.exec({ query, ...statementFields(options), ...abort_signal });
      return buffer(stream);
    });
  }

  async importParquet(table: string, columns: readonly string[], path: string, options: InsertOptions): Promise<void> {
    const names = columns.map((column) => tableName(column)).join(', ');
    await this.asStoreError(options.signal, async (abort_signal) => {
      const { stream } = await this.client.exec({
        query: `INSERT INTO ${tableName(table)} (${names}) FORMAT Parquet`,
        values: createReadStream(path),
        clickhouse_settings: { ...parquet_settings, insert_deduplication_token: options.token },
        ...abort_signal,
      });
      stream.resume();
      await finished(stream);
    });
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Dropping the connection does not stop a statement on every server, so an abort also kills it by its id. */
  private async asStoreError<Result>(
    signal: AbortSignal | undefined,
    work: (abort: { abort_signal?: AbortSignal; query_id: string }) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const query_id = randomUUID();
    try {
      return await work(signal ? { abort_signal: signal, query_id } : { query_id });
    } catch (cause) {
      if (!signal?.aborted) throw storeError(cause);
      await this.kill(query_id);
      throw signal.reason;
    }
  }

  private async kill(query_id: string): Promise<void> {
    await this.client
      .command({ query: 'KILL QUERY WHERE query_id = {query_id:String} ASYNC', query_params: { query_id } })
      .catch(() => undefined);
  }
}

const unknown_database = 81;

function statementFields(options: StatementOptions) {
  return {
    ...(options.params ? { query_params: { ...options.params } } : {}),
    ...(options.settings ? { clickhouse_settings: { ...options.settings } } : {}),
  };
}

function clientOf(target: URL, database?: string): ClickHouseClient {
  const cluster = clusterOf(target);
  return createClient({
    url: `${target.protocol}//${target.host}`,
    username: decodeURIComponent(target.username) || 'default',
    password: decodeURIComponent(target.password),
    ...(database === undefined ? {} : { database }),
    request_timeout: request_timeout_ms,
    // It would write to the console; every failure is thrown and logged by its caller.
    log: { level: ClickHouseLogLevel.OFF },
    // Errors come as status codes, not in the middle of an answer that began well.
    clickhouse_settings: {
      wait_end_of_query: 1,
      output_format_json_quote_64bit_integers: 1,
      ...(cluster === undefined ? {} : cluster_settings),
    },
  });
}

async function createDatabase(target: URL, database: string, cluster: string | undefined): Promise<void> {
  const client = clientOf(target);
  try {
    await client.command({
      query: expand('CREATE DATABASE IF NOT EXISTS {database:Identifier} {{onCluster}}', { cluster }),
      query_params: { database },
    });
  } catch (cause) {
    throw storeError(cause);
  } finally {
    await client.close();
  }
}
