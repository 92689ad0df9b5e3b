import { drainPending } from 'chdb';
import type { Session } from 'chdb';
import { checkNdjson, wellFormed } from '../ndjson.js';
import { Semaphore } from '../semaphore.js';
import { StoreError } from '../store-error.js';
import type { FileStore, InsertOptions, ServerStore, StatementOptions, Store } from '../store.js';
import { insert_settings, parquet_settings, tableName } from '../insert-settings.js';
import { openDirectory } from './open-directory.js';
import { quoteName, quoteText, runPrivately } from './statement.js';
import type { PrivateStatement, StatementAnswer } from './statement.js';
import { readsAtOnce } from './threadpool.js';

/** A statement given and answered as it is, for the ClickHouse-compatible endpoint. */
export interface RawStatement {
  readonly sql: string;
  /** ClickHouse's name of the output format: Native, JSONEachRow, CSVWithNames… */
  readonly format: string;
  readonly database_name?: string | undefined;
  /** Values as a client sends them in `param_name`. */
  readonly param_texts?: Readonly<Record<string, string>> | undefined;
  /** Fixed for the statement's session; its text cannot change them. */
  readonly fixed_settings?: Readonly<Record<string, string | number>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RawStatements {
  readonly database_name: string;
  raw(statement: RawStatement): Promise<StatementAnswer>;
}

const decoder = new TextDecoder();

/** The ClickHouse engine inside this process, over one data directory. Every statement has a session of its own. */
export class ChdbStore implements Store, FileStore, ServerStore, RawStatements {
  private readonly reads = new Semaphore(readsAtOnce());
  /** Writes go one after another: a session would serialise them anyway, and a retry must not race its first try. */
  private readonly writes = new Semaphore(1);
  private readonly in_flight = new Set<Promise<unknown>>();
  private is_closed = false;

  private constructor(
    private readonly directory: string,
    /** Keeps the engine running between statements: background merges, TTL. */
    private readonly keeper: Session,
    readonly database_name: string,
  ) {}

  static async open(path: string, database_name = 'plumbline'): Promise<ChdbStore> {
    const { directory, keeper } = openDirectory(path);
    // Atomic: the default database is an overlay over files and refuses refreshable views and EXCHANGE TABLES.
    await keeper.queryAsync(`CREATE DATABASE IF NOT EXISTS ${quoteName(database_name)} ENGINE = Atomic`);
    return new ChdbStore(directory, keeper, database_name);
  }

  async query<Row>(sql: string, options: StatementOptions = {}): Promise<readonly Row[]> {
    const answer = await this.run(this.reads, { sql, format: 'JSONEachRow', ...options });
    return rowsOf<Row>(decoder.decode(answer.bytes));
  }

  async command(sql: string, options: StatementOptions = {}): Promise<void> {
    await this.run(this.writes, { sql, format: 'Null', ...options });
  }

  async insert(table: string, ndjson: string, options: InsertOptions): Promise<void> {
    if (options.token === '')
      throw new StoreError(`an insert into ${table} has no deduplication token; nothing was sent`);
    checkNdjson(ndjson);
    await this.run(this.writes, {
      sql: '',
      format: 'Null',
      insert: { table: tableName(table), bytes: Buffer.from(wellFormed(ndjson)), token: options.token },
      settings: insert_settings,
      signal: options.signal,
    });
  }

  inDatabase(database_name: string): Store {
    const other = new ChdbStore(this.directory, this.keeper, database_name);
    return {
      query: (sql, options) => other.query(sql, options),
      command: (sql, options) => other.command(sql, options),
      insert: (table, ndjson, options) => other.insert(table, ndjson, options),
      close: async () => undefined,
    };
  }

  async exportParquet(sql: string, options: StatementOptions = {}): Promise<Uint8Array> {
    return (await this.run(this.reads, { sql, format: 'Parquet', ...options })).bytes;
  }

  async importParquet(table: string, columns: readonly string[], path: string, options: InsertOptions): Promise<void> {
    const names = columns.map(quoteName).join(', ');
    const from = `file(${quoteText(path)}, 'Parquet')`;
    await this.command(`INSERT INTO ${tableName(table)} (${names}) SELECT ${names} FROM ${from}`, {
      settings: { ...parquet_settings, insert_deduplication_token: options.token },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  /** Waits in the readers' queue; the caller is to have gated the text. */
  raw(statement: RawStatement): Promise<StatementAnswer> {
    return this.run(this.reads, statement);
  }

  /** Lets what is in flight finish: closing under a running call aborts the engine for the whole process. */
  async close(): Promise<void> {
    if (this.is_closed) return;
    this.is_closed = true;
    await Promise.allSettled(this.in_flight);
    this.keeper.close();
    await drainPending();
  }

  private async run(
    queue: Semaphore,
    statement: Omit<PrivateStatement, 'directory' | 'database_name'> & { readonly database_name?: string | undefined },
  ): Promise<StatementAnswer> {
    if (this.is_closed) throw new StoreError('the store is closed');
    const running = queue.run(
      () =>
        runPrivately({
          ...statement,
          directory: this.directory,
          database_name: statement.database_name ?? this.database_name,
        }),
      statement.signal,
    );
    this.in_flight.add(running);
    try {
      return await running;
    } finally {
      this.in_flight.delete(running);
    }
  }
}

function rowsOf<Row>(text: string): readonly Row[] {
  if (text === '') return [];
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  // One parse of one array is about twice as fast as a parse per line.
  return JSON.parse(`[${text.slice(0, end).replaceAll('\n', ',')}]`) as Row[];
}
