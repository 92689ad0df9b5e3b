import { statementFiles } from '../shared/statement-files.js';

/** One row as it came: by column name in lower case. What it holds is checked by fields.ts, never believed. */
export type RawRow = Readonly<Record<string, unknown>>;

/** Runs `collect/<file>` inside one READ ONLY transaction. Throws SourceError. */
export interface Query {
  (file: string, binds?: Readonly<Record<string, string | number>>): Promise<readonly RawRow[]>;
}

/** What a connection knows of its server since it connected. */
export interface ServerFacts {
  readonly server_version: string;
  readonly user_name: string;
  /** Of the container connected to: the pluggable database's, or the database's own. */
  readonly database_name: string;
  /** The database's identity, and the container's: alike without containers. */
  readonly dbid: string;
  readonly con_dbid: string;
  readonly is_container: boolean;
  readonly is_pluggable: boolean;
  readonly is_cluster: boolean;
  readonly block_bytes: number;
  /** CONTROL_MANAGEMENT_PACK_ACCESS: which packs the server lets be used, licensed or not. */
  readonly pack_access: string;
  readonly started_at: Date;
  /** Of the server's clock from UTC now: its dates carry none. */
  readonly offset_s: number;
  /** Container names by DBID, and by CON_ID, as far as they may be seen. */
  readonly containers: ReadonlyMap<string, string>;
  readonly containers_by_id: ReadonlyMap<string, string>;
}

/** Columns by view, as this server and this user's grants have them. */
export interface Dictionary {
  has(view: string, column: string): boolean;
  canRead(view: string): boolean;
}

export interface Source {
  readonly facts: ServerFacts;
  readonly dictionary: Dictionary;
  /** Readings wait for each other: the engine holds one session. */
  read<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What our session calls itself: with the mark in each statement, our own load is told apart. */
export const module_name = 'plumbline';

/** The statement in `collect/<file>`, without its header comment. */
export const statement = statementFiles(new URL('./collect/', import.meta.url));

/** A name, always quoted: no reserved word or small letter can break it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '')}"`;
