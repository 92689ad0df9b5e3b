import { utc, type IndexHintRow } from '@plumbline/contracts';
import { parsed, type Fields } from '../fields.js';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import type { Reading } from './reading.js';

export type IndexHint = Omit<IndexHintRow, 'batch_id' | 'instance_id' | 'observed_at' | 'counted_s'>;

/** What the optimizer of one database missed; its own indexes are not asked: it names some that are there already. */
export async function readMissingIndexes(query: Query, database_name: string): Promise<readonly IndexHint[]> {
  const rows = await query(statement('missing-indexes.sql'), {}, database_name);
  return parsed(rows, (row) => hintOf(row, database_name)).rows;
}

const hintOf = (row: Fields, database_name: string): IndexHint => ({
  ...{ database_name, schema_name: row.text('schema_name'), table_name: row.text('table_name') },
  equality_columns: columnsIn(row.text('equality_columns')),
  inequality_columns: columnsIn(row.text('inequality_columns')),
  included_columns: columnsIn(row.text('included_columns')),
  uses: row.count('uses'),
  average_cost: row.number('average_cost') ?? 0,
  impact_ratio: Math.min(1, Math.max(0, (row.number('impact_percent') ?? 0) / 100)),
});

/** `[customer id], [odd]]name]` → customer id, odd]name. */
export const columnsIn = (list: string): readonly string[] =>
  [...list.matchAll(/\[((?:[^\]]|\]\])*)\]/g)].map(([, name = '']) => name.replaceAll(']]', ']'));

/** @param now of the server, as far as the collector's clock tells; the counts began when it started, or later */
export function hintRows(
  hints: readonly IndexHint[],
  { instance_id, source }: Reading,
  now: Date,
): Omit<IndexHintRow, 'batch_id'>[] {
  const since = source.life.started_at ?? now;
  const counted_s = BigInt(Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000)));
  return hints.map((hint) => ({ instance_id, observed_at: utc(now), ...hint, counted_s }));
}
