import { utc, type TableFileSnapshotRow } from '@plumbline/contracts';
import type { ReadingWindow } from '../../shared/reading.js';
import { countOf, textOf, type Fields } from '../fields.js';
import { DremioError } from '../source-error.js';
import { literal, quoted } from '../source.js';
import type { Reading } from './reading.js';

/** Between schema and table in a key: no name holds it. */
export const between = '\u001f';
/** OPTIMIZE TABLE rewrites files below 0.24 of its target of 512 MB. */
const small_file_bytes = Math.floor(0.24 * 512 * 2 ** 20);

export interface Counted {
  readonly name: string;
  readonly files: Fields;
}

export const partsOf = (name: string): readonly [string, string] => {
  const [schema_name = '', table_name = ''] = name.split(between);
  return [schema_name, table_name];
};

/** Undefined for a table that has no list of files. Only sums leave the source, never a path. */
export async function filesOf(name: string, reading: Reading): Promise<Fields | undefined> {
  const [schema_name, table_name] = partsOf(name);
  const path = [...schema_name.split('.'), table_name].map(quoted).join('.');
  const number = (expression: string, as: string): string => `CAST(${expression} AS VARCHAR) AS ${as}`;
  const is_small = `WHEN file_size_in_bytes < ${small_file_bytes}`;
  const sums = [
    number('COUNT(*)', 'files'),
    number('SUM(file_size_in_bytes)', 'size_bytes'),
    number('SUM(record_count)', 'row_count'),
    number(`SUM(CASE ${is_small} THEN 1 ELSE 0 END)`, 'small_files'),
    number(`SUM(CASE ${is_small} THEN file_size_in_bytes ELSE 0 END)`, 'small_size_bytes'),
    number('COUNT(DISTINCT "partition")', 'partitions'),
    'MIN(file_format) AS file_format',
  ];
  try {
    const sql = `SELECT ${sums.join(', ')} FROM TABLE(table_files(${literal(path)}))`;
    return (await reading.source.query(sql, reading.tools.abort)).rows[0];
  } catch (error) {
    // A table of another format, or one that may not be read: told by its absence, asked again in a week.
    if (error instanceof DremioError && error.failure !== 'unreachable' && error.failure !== 'timeout')
      return undefined;
    throw error;
  }
}

export function placeOf(name: string, reading: Reading) {
  const [schema_name, table_name] = partsOf(name);
  const { database_name } = reading.source.facts;
  return { instance_id: reading.instance_id, database_name, schema_name, table_name };
}

export const fileRow = (
  { name, files }: Counted,
  reading: Reading,
  window: ReadingWindow,
): Omit<TableFileSnapshotRow, 'batch_id'> => ({
  ...placeOf(name, reading),
  ...{ observed_at: utc(window.end), file_format: textOf(files['file_format']), files: countOf(files['files']) },
  ...{ size_bytes: countOf(files['size_bytes']), row_count: countOf(files['row_count']) },
  ...{ small_file_bytes: BigInt(small_file_bytes), small_files: countOf(files['small_files']) },
  small_size_bytes: countOf(files['small_size_bytes']),
  partitions: countOf(files['partitions']) || 1n,
});
