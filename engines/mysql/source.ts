import { statementFiles } from '../shared/statement-files.js';
import type { Fields } from './fields.js';

/** One statement, no values: what varies in ours are digests and names, which `quoted` and `hexList` make safe. */
export type Query = (sql: string) => Promise<readonly Fields[]>;

export type Family = 'mysql' | 'mariadb';

/** What a connection knows of its server since it connected. */
export interface ServerFacts {
  readonly family: Family;
  /** `9.7.4` or `10.11.19`. */
  readonly server_version: string;
  readonly version: readonly number[];
  /** As GRANT writes it: `'monitor'@'%'`. */
  readonly account: string;
  readonly database_name: string;
  readonly has_performance_schema: boolean;
  /** Tokens of a statement beyond this many bytes are in neither its digest nor its text. */
  readonly longest_digest_bytes: number;
  /** Samples of statement texts are cut at this many bytes. */
  readonly longest_sample_bytes: number;
  /** False in sql_mode NO_BACKSLASH_ESCAPES: a backslash before a quote does not keep a string open. */
  readonly has_backslash_escapes: boolean;
  /** How many digests have a place; 0 counts none. */
  readonly digest_places: number;
  /** By the server's clock, to the second; undefined when it does not tell. */
  readonly started_at: Date | undefined;
}

/**
 * `fast`: what is read often. `catalog`: what may wait for locks or change its default schema. One connection each, so
 * at most two.
 */
export type Lane = 'fast' | 'catalog';

export interface Source {
  readonly facts: ServerFacts;
  /** Runs `work` alone on its lane, in a read-only session. Throws SourceError. */
  read<T>(lane: Lane, work: (query: Query) => Promise<T>, database_name?: string): Promise<T>;
  close(): Promise<void>;
}

/** Where both families show the status counters of the whole server without a grant. */
export const statusTable = (family: Family): string =>
  family === 'mariadb' ? 'information_schema.GLOBAL_STATUS' : 'performance_schema.global_status';

export const familyName = (family: Family): string => (family === 'mariadb' ? 'MariaDB' : 'MySQL');

/** True when the server is of this family and at least this version. */
export function isAtLeast(facts: ServerFacts, family: Family, least: string): boolean {
  if (facts.family !== family) return false;
  const wanted = versionNumbers(least);
  const place = wanted.findIndex((number, at) => number !== (facts.version[at] ?? 0));
  return place < 0 || (facts.version[place] ?? 0) > (wanted[place] ?? 0);
}

export const versionNumbers = (text: string): number[] =>
  (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);

/** The statement in `collect/<file>`, without its header comment. */
export const statement = statementFiles(new URL('./collect/', import.meta.url));

/** A statement as an application wrote it, so that the end of each literal is seen whatever the server's sql_mode. */
export const rawText = (text: string, { has_backslash_escapes }: ServerFacts): string =>
  has_backslash_escapes ? text : text.replaceAll('\\', '\\\\');

/** An identifier, always quoted: no reserved word or odd character can break it. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** `'0a…', '1b…'` for IN; whatever is no hexadecimal number is left out, so nothing else can get into a statement. */
export const hexList = (digests: readonly string[]): string =>
  digests
    .filter((digest) => /^[0-9a-f]+$/i.test(digest))
    .map((digest) => `'${digest}'`)
    .join(', ');

/** `2026-11-21 07:24:27.738123` (our sessions are in UTC) → ms since 1970; NaN for what is no time. */
export const serverTime = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
