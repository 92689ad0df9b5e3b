import type { Fields } from '../fields.js';
import { quoted } from '../source.js';
import type { Reading } from './reading.js';

/**
 * The wanted columns that a system table has, all as text: versions add columns, and JSON numbers lose digits. Undefined
 * when there is no such table. Throws SourceError.
 */
export async function readAsText(
  reading: Reading,
  table: string,
  wanted: readonly string[],
  rest = '',
): Promise<readonly Fields[] | undefined> {
  const columns = await reading.source.columns(table, reading.tools.abort);
  if (columns.size === 0) return undefined;
  const found = wanted.filter((name) => columns.has(name));
  const list = found.map((name) => `CAST(${quoted(name)} AS VARCHAR) AS ${quoted(name)}`).join(', ');
  const { rows } = await reading.source.query(`SELECT ${list} FROM ${table}${rest}`, reading.tools.abort);
  return rows;
}
