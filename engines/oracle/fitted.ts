import { dictionary_views } from './dictionary-views.js';
import type { Dictionary } from './source.js';

/**
 * Statements name columns that not every version has as `{{s.con_dbid of DBA_HIST_SQLSTAT | s.dbid}}`: the column where
 * the server has it, else what stands for it. `{{ids}}` is a list of binds, `:id0, :id1…`; `{{views}}` all views
 * that we read, as literals.
 */
const optional_column = /\{\{\s*((?:\w+\.)?([\w$#]+)) of ([\w$#.]+) \| ([^}]*?)\s*\}\}/g;

export const ids_per_query = 100;
const id_binds = Array.from({ length: ids_per_query }, (_, place) => `:id${place}`).join(', ');

export function fitted(sql: string, dictionary: Dictionary): string {
  return sql
    .replace(optional_column, (_all, expression: string, column: string, view: string, fallback: string) =>
      dictionary.has(view, column) ? expression : fallback,
    )
    .replace('{{ids}}', id_binds)
    .replace('{{views}}', () => dictionary_views.map((view) => `'${view}'`).join(', '));
}

/** Binds of one query over at most `ids_per_query` ids: repeated to the full number, so that the source parses it once. */
export function idBinds(ids: readonly string[]): Record<string, string> {
  const last = ids.at(-1) ?? '';
  return Object.fromEntries(Array.from({ length: ids_per_query }, (_, place) => [`id${place}`, ids[place] ?? last]));
}

/** `EXTRACT(HOUR FROM x)` reads no table. */
const extraction = /EXTRACT\s*\([^()]*\)/gi;

/** Tables and views that a statement reads, in capitals: `DBA_HIST_SQLSTAT`, `PERFSTAT.STATS$SNAPSHOT`. */
export function viewsOf(sql: string): string[] {
  const names = [...sql.replace(extraction, '').matchAll(/\b(?:FROM|JOIN)\s+([a-z_][\w$#.]*)/gi)];
  return [...new Set(names.map(([, name]) => (name ?? '').toUpperCase()))].filter((name) => name !== 'DUAL');
}
