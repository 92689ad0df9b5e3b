import type { AspectOutcome } from '@plumbline/contracts';
import { PostgresqlError } from '../source-error.js';
import { quoted, type Lane, type Query, type Source } from '../source.js';
import { inSchema, readExtension, type Extension } from './statements-read.js';

export interface StatementText {
  readonly dbid: string;
  readonly userid: string;
  readonly queryid: string;
  /** Null when the server has lost it. */
  readonly text: string | null;
  readonly is_cut: boolean;
  /** Bytes in it are not UTF-8 and stand as U+FFFD. */
  readonly is_damaged: boolean;
}

export interface Texts {
  readonly rows: readonly StatementText[];
  /** Why the server gives no text at all, and what mends it. */
  readonly hindrance: AspectOutcome | undefined;
  readonly cost_ms: number;
}

/** A text longer than this is cut: it would only fill memory. */
export const longest_text_characters = 200_000;

/** The text of one statement is not valid in, or not translatable to, the encoding of our database. */
const encoding_errors: ReadonlySet<string> = new Set(['22021', '22P05']);
const most_databases = 5;

/** The texts of these ids, in a transaction that fails when any text of the whole server cannot be told. */
export async function queryTexts(query: Query, extension: Extension, ids: readonly string[]): Promise<StatementText[]> {
  const rows = await query<Omit<StatementText, 'is_damaged'>>(inSchema('statement-texts.sql', extension), [
    ids,
    longest_text_characters,
  ]);
  return rows.map((row) => ({ ...row, is_damaged: false }));
}

/**
 * The texts of these ids. One text with broken bytes (of a database in SQL_ASCII) makes the server refuse all texts of
 * all databases; only asked from a database in SQL_ASCII, which translates nothing, it gives them.
 */
export async function readTexts(
  source: Source,
  lane: Lane,
  extension: Extension,
  ids: readonly string[],
): Promise<Texts> {
  try {
    return await source.read(lane, (query) => timed(() => queryTexts(query, extension, ids)));
  } catch (error) {
    if (!isEncodingError(error)) throw error;
  }
  const databases = await databasesInSqlAscii(source);
  for (const database_name of databases) {
    const texts = await readBytes(source, ids, database_name);
    if (texts !== undefined) return texts;
  }
  return { rows: [], hindrance: noTexts(databases), cost_ms: 0 };
}

const isEncodingError = (error: unknown): boolean =>
  error instanceof PostgresqlError && encoding_errors.has(error.code);

async function timed(read: () => Promise<StatementText[]>): Promise<Texts> {
  const began_ms = performance.now();
  const rows = await read();
  return { rows, hindrance: undefined, cost_ms: performance.now() - began_ms };
}

async function databasesInSqlAscii(source: Source): Promise<string[]> {
  const rows = await source.read('catalog', (query) =>
    query<{ name: string }>(
      `SELECT datname::text AS name FROM pg_database
       WHERE pg_encoding_to_char(encoding) = 'SQL_ASCII' AND datallowconn AND has_database_privilege(oid, 'CONNECT')
       ORDER BY datname <> current_database(), datname LIMIT ${most_databases}`,
    ),
  );
  return rows.map(({ name }) => name);
}

interface Bytes extends Omit<StatementText, 'text' | 'is_damaged'> {
  readonly bytes: Buffer | null;
}

/** Undefined when this database has not the extension. */
function readBytes(source: Source, ids: readonly string[], database_name: string): Promise<Texts | undefined> {
  return source.read(
    'catalog',
    async (query) => {
      const extension = await readExtension(query);
      if (extension === undefined) return undefined;
      return timed(async () => {
        const sql = inSchema('statement-texts-bytes.sql', extension);
        const rows = await query<Bytes>(sql, [ids, longest_text_characters]);
        return rows.map(({ bytes, ...row }) => ({ ...row, ...decoded(bytes) }));
      });
    },
    database_name,
  );
}

function decoded(bytes: Buffer | null): Pick<StatementText, 'text' | 'is_damaged'> {
  if (bytes === null) return { text: null, is_damaged: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), is_damaged: false };
  } catch {
    return { text: bytes.toString('utf8'), is_damaged: true };
  }
}

function noTexts(databases: readonly string[]): AspectOutcome {
  const [name] = databases;
  const create =
    name === undefined
      ? ''
      : `In database ${quoted(name)} (encoding SQL_ASCII): CREATE EXTENSION pg_stat_statements; or `;
  return {
    state: 'degraded',
    message: 'one statement has bytes that are not valid in its encoding, and for it the server refuses all texts',
    fix: `${create}SELECT pg_stat_statements_reset() as a superuser, when losing the counters is acceptable`,
  };
}
