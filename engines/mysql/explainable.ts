/** Rewrites of a sampled statement so that its plan can be asked for by one who may only read. Pure. */

const opaque_part = /`(?:[^`]|``)*`|"(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*'|\/\*[\s\S]*?\*\/|(?:--\s|#)[^\n]*/g;

const leading_comments = /^(?:\s|\/\*[\s\S]*?\*\/|(?:--\s|#)[^\n]*)+/;

/** The text with everything quoted, commented or bracketed blanked out, every character in its place. */
function masked(sql: string): string {
  const flat = sql.replace(opaque_part, (part) => (/^(\/\*|--|#)/.test(part) ? ' ' : '_').repeat(part.length));
  let depth = 0;
  return flat
    .split('')
    .map((character) => {
      if (character === ')') depth--;
      const shown = depth > 0 ? '_' : character;
      if (character === '(') depth++;
      return shown;
    })
    .join('');
}

/** Whether it was prepared: its sample then has parameters and no values, and no plan is like that of a value. */
export const hasParameters = (sample: string): boolean => sample.replace(opaque_part, ' ').includes('?');

const wordAt = (flat: string, word: RegExp, from = 0): number => {
  const place = flat.slice(from).search(word);
  return place < 0 ? -1 : place + from;
};

/**
 * What of the statement reads: a query as it is, UPDATE and DELETE as SELECT 1 over the same tables and conditions (to
 * EXPLAIN them asks for the right to write), INSERT … SELECT as its query. Undefined when nothing is read, or when the
 * form is not known here. One statement only: the driver sends no second one.
 */
export function readingHalf(sample: string): string | undefined {
  const sql = sample.replace(/[;\s]+$/, '');
  const flat = masked(sql);
  const verb = /^[\s(]*(\w+)/.exec(sql.replace(leading_comments, ''))?.[1]?.toLowerCase() ?? '';
  if (['select', 'with', 'table', 'values'].includes(verb)) return verb === 'with' ? ofWith(sql, flat) : sql;
  if (verb === 'update') return ofUpdate(sql, flat);
  if (verb === 'delete') return ofDelete(sql, flat);
  if (verb === 'insert' || verb === 'replace') return ofInsert(sql, flat);
  return undefined;
}

/** WITH may stand before UPDATE and DELETE too. */
const ofWith = (sql: string, flat: string): string | undefined =>
  wordAt(flat, /\b(update|delete|insert|replace)\b/i) < 0 ? sql : undefined;

function ofUpdate(sql: string, flat: string): string | undefined {
  const head = /^\s*update\s+((low_priority|ignore)\s+)*/i.exec(flat);
  const set_at = wordAt(flat, /\bset\b/i);
  if (head === null || set_at < 0) return undefined;
  return selectOver(sql.slice(head[0].length, set_at), sql, flat, set_at);
}

/** `DELETE FROM t WHERE`, `DELETE a FROM a JOIN b WHERE`, `DELETE FROM a USING a JOIN b WHERE`. */
function ofDelete(sql: string, flat: string): string | undefined {
  const from_at = wordAt(flat, /\bfrom\b/i);
  if (from_at < 0) return undefined;
  const using_at = wordAt(flat, /\busing\b/i, from_at);
  const where_at = wordAt(flat, /\bwhere\b/i, from_at);
  const has_using = using_at >= 0 && (where_at < 0 || using_at < where_at);
  const tables_at = has_using ? using_at + 'using'.length : from_at + 'from'.length;
  const end = wordAt(flat, /\b(where|order|limit|returning)\b/i, tables_at);
  return selectOver(sql.slice(tables_at, end < 0 ? undefined : end), sql, flat, tables_at);
}

/** From the condition on: ORDER BY and LIMIT decide which rows are read; RETURNING only shows them. */
function selectOver(tables: string, sql: string, flat: string, from: number): string {
  const start = wordAt(flat, /\b(where|order|limit)\b/i, from);
  const end = wordAt(flat, /\breturning\b/i, from);
  const rest = start < 0 ? '' : sql.slice(start, end < 0 ? undefined : end);
  return `SELECT 1 FROM ${tables.trim()} ${rest}`.trim();
}

function ofInsert(sql: string, flat: string): string | undefined {
  const query_at = wordAt(flat, /\b(select|with)\b/i);
  const values_at = wordAt(flat, /\b(values?|set)\b/i);
  if (query_at < 0 || (values_at >= 0 && values_at < query_at)) return undefined;
  const end = wordAt(flat, /\bon\s+duplicate\s+key\b|\breturning\b/i, query_at);
  return sql.slice(query_at, end < 0 ? undefined : end).trim();
}
