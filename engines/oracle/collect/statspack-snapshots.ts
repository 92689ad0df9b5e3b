import type { AspectOutcome } from '@plumbline/contracts';
import { fromLocal, localTime, place, shaped, type RowOf } from '../fields.js';
import type { Query } from '../source.js';
import { degraded } from '../../shared/outcome.js';
import { worst } from './outcome.js';
import type { Reading } from './reading.js';
import type { Mark, Marks } from './snapshot-rows.js';

const snapshot_shape = { snap_id: place, instance_number: place, end_time: localTime, startup_time: localTime };
type SnapshotRow = RowOf<typeof snapshot_shape>;

/** Two neighbouring snapshots of one instance. `previous_snap_id`: undefined after a restart, all is new then. */
export interface StatspackSnapshot {
  readonly snap_id: number;
  readonly instance_number: number;
  readonly previous_snap_id: number | undefined;
  /** Where the instance stands once this snapshot is read. */
  readonly mark: Mark;
  readonly window_start: Date;
  readonly window_end: Date;
}

export interface StatspackSnapshotsRead {
  readonly snapshots: readonly StatspackSnapshot[];
  readonly marks: Marks;
  readonly outcome: AspectOutcome;
}

export async function latestStatspackMarks(query: Query, reading: Reading): Promise<StatspackSnapshotsRead> {
  const { dbid } = reading.source.facts;
  const { rows } = shaped(await query('statspack-latest.sql', { dbid }), snapshot_shape);
  const marks = Object.fromEntries(rows.map((row) => [String(row.instance_number), markOf(row, reading)]));
  return { snapshots: [], marks, outcome: worst(rows.length === 0 ? no_snapshots : undefined) };
}

/** Statspack times carry no zone at all: the server's distance from UTC now is taken for that of the snapshot. */
export async function newStatspackSnapshots(
  query: Query,
  reading: Reading,
  marks: Marks,
): Promise<StatspackSnapshotsRead> {
  const { dbid } = reading.source.facts;
  const from_snap_id = Math.min(...Object.values(marks).map(({ snap_id }) => snap_id), Number.MAX_SAFE_INTEGER);
  const from = Object.keys(marks).length === 0 ? 0 : from_snap_id;
  const { rows } = shaped(await query('statspack-snapshots.sql', { dbid, from_snap_id: from }), snapshot_shape);
  const last = new Map(Object.entries(marks));
  const all: StatspackSnapshot[] = [];
  for (const row of rows) {
    const instance = String(row.instance_number);
    const before = last.get(instance);
    if (row.end_time === null || (before !== undefined && row.snap_id <= before.snap_id)) continue;
    all.push(snapshotOf(row, before, reading));
    last.set(instance, markOf(row, reading));
  }
  const snapshots = all.slice(0, reading.options.snapshots_per_reading);
  const advanced = Object.fromEntries(
    snapshots.map(({ instance_number, mark }): [string, Mark] => [String(instance_number), mark]),
  );
  const waiting = all.length - snapshots.length;
  const outcome =
    waiting > 0
      ? degraded(`${waiting} older snapshots are still to be read`, 'Nothing to do: it catches up')
      : undefined;
  return { snapshots, marks: { ...marks, ...advanced }, outcome: worst(outcome) };
}

const endOf = (row: SnapshotRow, reading: Reading): Date =>
  row.end_time === null ? new Date(0) : fromLocal(row.end_time, reading.source.facts.offset_s);

const markOf = (row: SnapshotRow, reading: Reading): Mark => ({
  snap_id: row.snap_id,
  end: endOf(row, reading).toISOString(),
  end_local: row.end_time ?? '',
  startup: row.startup_time ?? '',
});

function snapshotOf(row: SnapshotRow, before: Mark | undefined, reading: Reading): StatspackSnapshot {
  const startup = row.startup_time ?? '';
  const is_same_run = before !== undefined && before.startup === startup;
  const window_end = endOf(row, reading);
  const started = startup === '' ? window_end : fromLocal(startup, reading.source.facts.offset_s);
  const start = is_same_run ? new Date(before.end) : started;
  return {
    ...{ snap_id: row.snap_id, instance_number: row.instance_number, mark: markOf(row, reading), window_end },
    previous_snap_id: is_same_run ? before.snap_id : undefined,
    window_start: start > window_end ? window_end : start,
  };
}

const no_snapshots: AspectOutcome = {
  state: 'unsupported',
  message: 'Statspack has no snapshots of this database',
  fix: 'As PERFSTAT: EXEC STATSPACK.SNAP, and @?/rdbms/admin/spauto.sql so that it is taken every hour',
};
