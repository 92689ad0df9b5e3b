import { statementFiles } from '../shared/statement-files.js';

/** One reading's transaction: READ ONLY, with timeouts. Values go by the extended protocol. */
export interface Query {
  <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** What a connection knows of its server since it connected. */
export interface ServerFacts {
  readonly server_version: string;
  readonly started_at: Date;
  /** `server_version_num / 10000`. */
  readonly major: number;
  readonly block_bytes: number;
  readonly user_name: string;
  readonly database_name: string;
  readonly is_superuser: boolean;
  /** The same on a primary, its standbys and what was restored from its base backup; '' where it may not be read. */
  readonly system_identifier: string;
  readonly is_standby: boolean;
}

/**
 * `fast`: the configured database, for what is read often. `catalog`: any one database, for what may wait for locks.
 * One connection each, so at most two.
 */
export type Lane = 'fast' | 'catalog';

export interface Source {
  readonly facts: ServerFacts;
  /** Runs `work` alone on its lane, in BEGIN READ ONLY … ROLLBACK. Throws SourceError. */
  read<T>(lane: Lane, work: (query: Query) => Promise<T>, database_name?: string): Promise<T>;
  close(): Promise<void>;
}

/** The statement in `collect/<file>`, without its header comment. */
export const statement = statementFiles(new URL('./collect/', import.meta.url));

/** An identifier, always quoted: no reserved word or capital can break it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `2026-11-21 07:24:27.738123+00` (our sessions are in UTC) → ms since 1970; NaN for '' and 'infinity'. */
export const serverTime = (text: string): number => Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
