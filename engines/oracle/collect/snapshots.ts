import type { AspectOutcome } from '@plumbline/contracts';
import { decimal, fromLocal, localTime, place, shaped, type RowOf } from '../rows.js';
import type { Query } from '../source.js';
import { degraded, malformedOutcome, worst, type Reading } from './reading.js';

const snapshot_shape = {
  snap_id: place,
  instance_number: place,
  startup_time: localTime,
  begin_time: localTime,
  end_time: localTime,
  snap_flag: decimal,
  offset_s: decimal,
};
type SnapshotRow = RowOf<typeof snapshot_shape>;

/** How far one instance of the database has been read: each flushes its snapshots at its own moment. */
export interface Mark {
  readonly snap_id: number;
  /** ISO time, UTC: where the next window begins. */
  readonly end: string;
  /** As the server says it: another one means that the instance was restarted. */
  readonly startup: string;
}
export type Marks = Readonly<Record<string, Mark>>;

/** One snapshot of one instance, and the time that its deltas are about. */
export interface Snapshot {
  readonly snap_id: number;
  readonly instance_number: number;
  readonly startup: string;
  readonly started_at: Date;
  readonly window_start: Date;
  readonly window_end: Date;
  /** The snapshot to subtract cumulative values from; undefined after a restart (what is there now is the delta). */
  readonly previous_snap_id: number | undefined;
  /** Where the last window of this instance ended. */
  readonly previous_end: Date;
  /** From when on cumulative values, subtracted, count: may lie before `window_start`. Undefined: nobody knows. */
  readonly totals_start: Date | undefined;
  /** The start that the snapshot before told of, when the instance was restarted since. */
  readonly startup_before: string | undefined;
  /** Snapshots between were lost: deltas are right for their own interval, cumulative ones span the gap. */
  readonly has_gap: boolean;
}

export interface SnapshotsRead {
  readonly snapshots: readonly Snapshot[];
  readonly marks: Marks;
  readonly outcome: AspectOutcome;
}

/** Repository imports carry this flag even under the own DBID: they are another server's history. */
const imported_flag = 2;
/** The snapshot was taken while the pack was switched off: it is mostly empty. */
const pack_off_flag = 4;
/** Clocks of snapshots touch to within this; more is time that no snapshot covers. */
const touching_ms = 5_000;
/** An instance that left the cluster must not make every reading go through all history. */
const longest_look_back = 2_000;
const longest_interval_ratio = 1.5;

export const awrDbid = ({ source: { facts }, options }: Reading): string =>
  options.awr_scope === 'pdb' ? facts.con_dbid : facts.dbid;

/** The baseline of a first reading: everything up to the newest snapshot of each instance is past. */
export async function latestMarks(query: Query, reading: Reading): Promise<SnapshotsRead> {
  const { rows, malformed } = shaped(await query('awr-latest.sql', { dbid: awrDbid(reading) }), snapshot_shape);
  const entries = rows.flatMap((row): [string, Mark][] =>
    row.end_time === null ? [] : [[String(row.instance_number), markOf(row, row.end_time, reading)]],
  );
  const outcome = rows.length === 0 ? noSnapshots(reading) : malformedOutcome(malformed, 'DBA_HIST_SNAPSHOT');
  return { snapshots: [], marks: Object.fromEntries(entries), outcome: worst(outcome) };
}

/** Snapshots since the marks, oldest first, at most as many as one reading may take; the rest waits for the next. */
export async function newSnapshots(query: Query, reading: Reading, marks: Marks): Promise<SnapshotsRead> {
  const dbid = awrDbid(reading);
  const { rows, malformed } = shaped(
    await query('awr-snapshots.sql', { dbid, from_snap_id: lookBackTo(marks) }),
    snapshot_shape,
  );
  const own = rows.filter((row) => row.snap_flag !== imported_flag && row.end_time !== null);
  const all = snapshotsOf(own, marks, reading);
  const snapshots = all.slice(0, reading.options.snapshots_per_reading);
  const advanced = Object.fromEntries(
    snapshots.map(({ instance_number, snap_id, window_end, startup }): [string, Mark] => [
      String(instance_number),
      { snap_id, end: window_end.toISOString(), startup },
    ]),
  );
  const outcome = worst(
    malformedOutcome(malformed, 'DBA_HIST_SNAPSHOT'),
    rows.length === 0 && Object.keys(marks).length === 0 ? noSnapshots(reading) : undefined,
    packWasOff(own, snapshots),
    gapOutcome(snapshots, await intervalSeconds(query, reading, snapshots)),
    waitingOutcome(all.length - snapshots.length),
  );
  return { snapshots, marks: { ...marks, ...advanced }, outcome };
}

const lookBackTo = (marks: Marks): number => {
  const ids = Object.values(marks).map(({ snap_id }) => snap_id);
  return ids.length === 0 ? 0 : Math.max(Math.min(...ids), Math.max(...ids) - longest_look_back);
};

const offsetOf = (row: SnapshotRow, reading: Reading): number => row.offset_s ?? reading.source.facts.offset_s;

const markOf = (row: SnapshotRow, end_time: string, reading: Reading): Mark => ({
  snap_id: row.snap_id,
  end: fromLocal(end_time, offsetOf(row, reading)).toISOString(),
  startup: row.startup_time ?? '',
});

function snapshotsOf(rows: readonly SnapshotRow[], marks: Marks, reading: Reading): Snapshot[] {
  const last = new Map(Object.entries(marks));
  const snapshots: Snapshot[] = [];
  for (const row of rows) {
    const instance = String(row.instance_number);
    const before = last.get(instance);
    if (row.end_time === null || (before !== undefined && row.snap_id <= before.snap_id)) continue;
    snapshots.push(snapshotOf(row, row.end_time, before, reading));
    last.set(instance, markOf(row, row.end_time, reading));
  }
  return snapshots;
}

function snapshotOf(row: SnapshotRow, end_time: string, before: Mark | undefined, reading: Reading): Snapshot {
  const offset_s = offsetOf(row, reading);
  const window_end = fromLocal(end_time, offset_s);
  const begin = row.begin_time === null ? window_end : fromLocal(row.begin_time, offset_s);
  const startup = row.startup_time ?? '';
  const is_same_run = before !== undefined && before.startup === startup;
  const last_end = before === undefined ? begin : new Date(before.end);
  const has_gap = is_same_run && begin.getTime() - last_end.getTime() > touching_ms;
  // The begin of a snapshot is the end of the one before, spelled with this one's offset: wrong by an hour when the
  // clocks were put back or forward in between.
  const started_at = row.startup_time === null ? begin : fromLocal(row.startup_time, offset_s);
  const counts_from_start =
    (before !== undefined && started_at >= last_end) || begin.getTime() - started_at.getTime() <= touching_ms;
  const window_start = is_same_run && !has_gap && last_end < window_end ? last_end : begin;
  return {
    ...{ snap_id: row.snap_id, instance_number: row.instance_number, startup, window_end, has_gap },
    started_at,
    window_start: window_start > window_end ? window_end : window_start,
    previous_snap_id: is_same_run ? before.snap_id : undefined,
    previous_end: last_end < window_end ? last_end : begin,
    totals_start: is_same_run ? last_end : counts_from_start ? started_at : undefined,
    startup_before: before === undefined || is_same_run ? undefined : before.startup,
  };
}

/** Only when there is something to compare it with; 0 when the server does not say. */
async function intervalSeconds(query: Query, reading: Reading, snapshots: readonly Snapshot[]): Promise<number> {
  if (snapshots.length === 0 || !reading.source.dictionary.canRead('DBA_HIST_WR_CONTROL')) return 0;
  const { rows } = shaped(await query('awr-control.sql', { dbid: awrDbid(reading) }), { interval_s: decimal });
  return rows[0]?.interval_s ?? 0;
}

function gapOutcome(snapshots: readonly Snapshot[], interval_s: number): AspectOutcome | undefined {
  const missing = snapshots.find(({ has_gap }) => has_gap);
  const fix = 'SELECT * FROM DBA_HIST_SNAP_ERROR; see that MMON runs and that retention is longer than any pause';
  if (missing !== undefined) {
    return degraded(
      `snapshots before ${missing.snap_id} of instance ${missing.instance_number} are missing: the time until ${missing.window_start.toISOString()} is not covered`,
      fix,
    );
  }
  const long = snapshots.find(
    ({ window_start, window_end }) =>
      interval_s > 0 && (window_end.getTime() - window_start.getTime()) / 1000 > longest_interval_ratio * interval_s,
  );
  if (long === undefined) return undefined;
  return degraded(
    `snapshot ${long.snap_id} of instance ${long.instance_number} spans more than one interval of ${interval_s} s: one before it was not taken`,
    fix,
  );
}

function packWasOff(rows: readonly SnapshotRow[], snapshots: readonly Snapshot[]): AspectOutcome | undefined {
  const read = new Set(snapshots.map(({ snap_id }) => snap_id));
  const off = rows.find((row) => row.snap_flag === pack_off_flag && read.has(row.snap_id));
  return off === undefined
    ? undefined
    : degraded(
        `snapshot ${off.snap_id} was taken while the pack was switched off: it is mostly empty`,
        `ALTER SYSTEM SET CONTROL_MANAGEMENT_PACK_ACCESS = 'DIAGNOSTIC' SCOPE = BOTH`,
      );
}

const waitingOutcome = (waiting: number): AspectOutcome | undefined =>
  waiting <= 0
    ? undefined
    : degraded(
        `${waiting} older snapshots are still to be read; each reading takes some`,
        'Nothing to do: it catches up',
      );

function noSnapshots(reading: Reading): AspectOutcome {
  const { is_pluggable } = reading.source.facts;
  const own = is_pluggable && reading.options.awr_scope === 'pdb';
  return {
    state: 'unsupported',
    message: `AWR has no snapshots of DBID ${awrDbid(reading)}`,
    fix: own
      ? 'ALTER SYSTEM SET AWR_PDB_AUTOFLUSH_ENABLED = TRUE, and EXEC DBMS_WORKLOAD_REPOSITORY.MODIFY_SNAPSHOT_SETTINGS(interval => 60)'
      : "ALTER SYSTEM SET STATISTICS_LEVEL = 'TYPICAL', and EXEC DBMS_WORKLOAD_REPOSITORY.MODIFY_SNAPSHOT_SETTINGS(interval => 60)",
  };
}
