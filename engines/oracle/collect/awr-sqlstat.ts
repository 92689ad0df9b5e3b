import type { QueryDeltaRow } from '@plumbline/contracts';
import { intervalChange, planHashOf } from '../normalize.js';
import { key, shaped, text, whole, type RowOf } from '../fields.js';
import { module_name, type Query } from '../source.js';
import type { Reading } from './reading.js';
import type { Snapshot } from './snapshot-rows.js';
import { awrDbid } from './snapshots.js';

const sqlstat_shape = {
  ...{ sql_id: key, plan_hash_value: whole, con_dbid: text, parsing_schema_name: text, module: text },
  ...{ executions: whole, elapsed_us: whole, cpu_us: whole, io_wait_us: whole, application_wait_us: whole },
  ...{ concurrency_wait_us: whole, rows_processed: whole, buffer_gets: whole, disk_reads: whole },
  ...{ physical_read_bytes: whole, physical_write_bytes: whole },
};
export type SqlStat = RowOf<typeof sqlstat_shape>;

export interface SnapshotRows {
  readonly snapshot: Snapshot;
  readonly rows: readonly SqlStat[];
}

export interface SqlStatsRead {
  readonly read: readonly SnapshotRows[];
  readonly rows_read: number;
  readonly malformed: number;
}

/** One snapshot per query: the view is partitioned by it, and one answer stays small. */
export async function readSqlStats(
  query: Query,
  reading: Reading,
  snapshots: readonly Snapshot[],
): Promise<SqlStatsRead> {
  const read: SnapshotRows[] = [];
  let malformed = 0;
  for (const snapshot of snapshots) {
    reading.tools.abort.throwIfAborted();
    const { snap_id, instance_number } = snapshot;
    const raw = await query('awr-sqlstat.sql', { dbid: awrDbid(reading), snap_id, instance_number });
    const answer = shaped(raw, sqlstat_shape);
    malformed += answer.malformed;
    read.push({ snapshot, rows: answer.rows });
  }
  return { read, malformed, rows_read: read.reduce((total, { rows }) => total + rows.length, malformed) };
}

/** The module is that of the first parse: our session calls itself so before it sends anything. */
export const isOwn = (row: SqlStat): boolean => row.module === module_name;

/** The pluggable database a row is about, as far as its name may be seen; else its number. */
export const databaseOf = (con_dbid: string, { source: { facts } }: Reading): string =>
  facts.containers.get(con_dbid) ?? (con_dbid === '' || con_dbid === facts.dbid ? facts.database_name : con_dbid);

export function deltaRow(
  row: SqlStat,
  query_hash: string,
  reading: Reading,
  span: Pick<QueryDeltaRow, 'instance_id' | 'window_start' | 'window_end'>,
): Omit<QueryDeltaRow, 'batch_id'> {
  const { delta, flags } = intervalChange(row, reading.source.facts.block_bytes);
  return {
    ...span,
    ...delta,
    query_hash,
    database_name: databaseOf(row.con_dbid, reading),
    user_name: row.parsing_schema_name,
    native_id: row.sql_id,
    is_nested: 0,
    plan_hash: planHashOf(row.plan_hash_value),
    ...{ min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    percentile_origin: 'means',
    flags,
  };
}
