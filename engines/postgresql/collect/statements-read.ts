import type { RawStatement } from '../normalize.js';
import { quoted, statement, type Query } from '../source.js';

export interface Extension {
  readonly version: string;
  readonly schema_name: string;
  readonly available_version: string | null;
}

export interface StatementsInfo {
  readonly stats_reset: string;
  readonly dealloc: string;
}

export interface StatementsAnswer extends StatementsInfo {
  readonly rows: readonly RawStatement[];
}

/** Newest first; by the extension's version, which stays old after pg_upgrade until ALTER EXTENSION UPDATE. */
const variants = [
  { least: 11, file: 'statements@1.11.sql' },
  { least: 10, file: 'statements@1.10.sql' },
  { least: 9, file: 'statements@1.9.sql' },
  { least: 8, file: 'statements@1.8.sql' },
] as const;

/** 1.8, of PostgreSQL 13. */
export const oldest_minor = 8;

export const minorVersion = (extension: Extension): number => Number(extension.version.split('.')[1] ?? 0);

export async function readExtension(query: Query): Promise<Extension | undefined> {
  const [extension] = await query<Extension>(statement('statements-extension.sql'));
  return extension;
}

/** Of an extension that is not older than `oldest_minor`. */
export async function readStatements(query: Query, extension: Extension): Promise<StatementsAnswer> {
  const variant = variants.find(({ least }) => minorVersion(extension) >= least);
  if (variant === undefined) throw new Error(`pg_stat_statements ${extension.version} is not known`);
  const sql = inSchema(variant.file, extension);
  // Rows and the moment of the last reset are two reads: asked again when a reset fell between them.
  for (let tries = 0; ; tries++) {
    const before = await readInfo(query, extension);
    const rows = await query<RawStatement>(sql);
    const after = await readInfo(query, extension);
    if (before.stats_reset === after.stats_reset || tries === 3) return { ...after, rows };
  }
}

async function readInfo(query: Query, extension: Extension): Promise<StatementsInfo> {
  if (minorVersion(extension) < 9) return { stats_reset: '', dealloc: '0' };
  const [info] = await query<StatementsInfo>(
    `SELECT stats_reset::text, dealloc::text FROM ${quoted(extension.schema_name)}.pg_stat_statements_info`,
  );
  return info ?? { stats_reset: '', dealloc: '0' };
}

export const inSchema = (file: string, extension: Extension): string =>
  statement(file).replace('{{schema}}', () => quoted(extension.schema_name));
