import type { ViewName, ViewParams, ViewRow } from '@plumbline/contracts';

/**
 * The store, as the rest of Plumbline sees it. Two implementations, one contract suite (store.contract.ts): the
 * ClickHouse engine in process (`chdb:///directory`) and a ClickHouse server (`http(s)://…`).
 */
export interface StatementOptions {
  /** Bound as ClickHouse query parameters `{name:Type}`; never spliced into the text. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Aborting stops the statement in the engine, not only the waiting for it. */
  readonly signal?: AbortSignal;
}

export interface InsertOptions {
  /** The same token again is the same insert: nothing is counted twice, in the table or in its materialized views. */
  readonly token: string;
  readonly signal?: AbortSignal;
}

export interface Store {
  /** The cluster that the address names: tables are made on all its servers. Absent: one node. */
  readonly cluster?: string | undefined;
  /** Rows of a SELECT. 64-bit integers arrive as decimal text. */
  query<Row>(sql: string, options?: StatementOptions): Promise<readonly Row[]>;
  /** DDL and INSERT … SELECT. */
  command(sql: string, options?: StatementOptions): Promise<void>;
  /** `ndjson`: one JSON object per line, no blank line (checked; throws before anything is sent). */
  insert(table: string, ndjson: string, options: InsertOptions): Promise<void>;
  close(): Promise<void>;
}

/** Whole results as files, which the engine writes and reads itself: nothing passes through JavaScript's numbers. */
export interface FileStore {
  /** The rows of a SELECT without FORMAT. In memory as a whole: bound it by its WHERE. */
  exportParquet(sql: string, options?: StatementOptions): Promise<Uint8Array>;
  /** Columns go by name; a file that lacks one of `columns` is refused. Throws `StoreError` for what is no such file. */
  importParquet(table: string, columns: readonly string[], path: string, options: InsertOptions): Promise<void>;
}

/** Both drivers are; a wrapper around a store (a fence, a fake) need not be. */
export const isFileStore = (store: Store): store is Store & FileStore => 'importParquet' in store;

/** A store that can look into another database of the same server; that one is not closed, it ends with this one. */
export interface ServerStore {
  readonly database_name: string;
  inDatabase(database_name: string): Store;
}
export const isServerStore = (store: Store): store is Store & ServerStore => 'inDatabase' in store;

/** Asks a named view. The only way pages, jobs and alerts read. */
export type AskView = <Name extends ViewName>(
  name: Name,
  params: ViewParams<Name>,
  signal?: AbortSignal,
) => Promise<readonly ViewRow<Name>[]>;
