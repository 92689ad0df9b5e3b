import type { AspectOutcome } from '@plumbline/contracts';
import { decimal, shaped } from '../fields.js';
import type { Query } from '../source.js';
import { degraded } from '../../shared/outcome.js';
import { malformedOutcome, worst } from './outcome.js';
import type { Reading } from './reading.js';
import { markOf, snapshotsOf, snapshot_shape, type Mark, type Marks, type Snapshot } from './snapshot-rows.js';

export interface SnapshotsRead {
  readonly snapshots: readonly Snapshot[];
  readonly marks: Marks;
  readonly outcome: AspectOutcome;
}

/** Repository imports carry this flag even under the own DBID: they are another server's history. */
const imported_flag = 2;
/** The snapshot was taken while the pack was switched off: it is mostly empty. */
const pack_off_flag = 4;
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
    snapshots.map(({ instance_number, mark }): [string, Mark] => [String(instance_number), mark]),
  );
  const outcome = worst(
    malformedOutcome(malformed, 'DBA_HIST_SNAPSHOT'),
    rows.length === 0 && Object.keys(marks).length === 0 ? noSnapshots(reading) : undefined,
    packWasOff(snapshots),
    gapOutcome(snapshots, await intervalSeconds(query, reading, snapshots)),
    waitingOutcome(all.length - snapshots.length),
  );
  return { snapshots, marks: { ...marks, ...advanced }, outcome };
}

const lookBackTo = (marks: Marks): number => {
  const ids = Object.values(marks).map(({ snap_id }) => snap_id);
  return ids.length === 0 ? 0 : Math.max(Math.min(...ids), Math.max(...ids) - longest_look_back);
};

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

function packWasOff(snapshots: readonly Snapshot[]): AspectOutcome | undefined {
  const off = snapshots.find(({ snap_flag }) => snap_flag === pack_off_flag);
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
