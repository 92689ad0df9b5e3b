import { decimal, fromLocal, localTime, place, type RowOf } from '../fields.js';
import type { Reading } from './reading.js';

export const snapshot_shape = {
  ...{ snap_id: place, instance_number: place, startup_time: localTime, begin_time: localTime, end_time: localTime },
  ...{ snap_flag: decimal, offset_s: decimal },
};
export type SnapshotRow = RowOf<typeof snapshot_shape>;

/** How far one instance of the database has been read: each flushes its snapshots at its own moment. */
export interface Mark {
  readonly snap_id: number;
  /** ISO time, UTC: where the next window begins. */
  readonly end: string;
  /** The same as the server's clock said it then: the next snapshot begins with this very text. */
  readonly end_local: string;
  /** As the server says it: another one means that the instance was restarted. */
  readonly startup: string;
}
/** By instance number. */
export type Marks = Readonly<Record<string, Mark>>;

/** One snapshot of one instance, and the time that its deltas are about. */
export interface Snapshot {
  readonly snap_id: number;
  readonly instance_number: number;
  readonly snap_flag: number;
  /** Where the instance stands once this snapshot is read. */
  readonly mark: Mark;
  readonly started_at: Date;
  readonly window_start: Date;
  readonly window_end: Date;
  /** The snapshot to subtract cumulative values from; undefined after a restart: what is there now is the delta. */
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

/** Ends and begins of neighbours differ by no more; anything above is time that no snapshot covers. */
const touching_ms = 5_000;

export const markOf = (row: SnapshotRow, end_time: string, reading: Reading): Mark => ({
  snap_id: row.snap_id,
  end: fromLocal(end_time, offsetOf(row, reading)).toISOString(),
  end_local: end_time,
  startup: row.startup_time ?? '',
});

const offsetOf = (row: SnapshotRow, reading: Reading): number => row.offset_s ?? reading.source.facts.offset_s;

/** What follows the marks, in the order of the rows: by number, then by instance. */
export function snapshotsOf(rows: readonly SnapshotRow[], marks: Marks, reading: Reading): Snapshot[] {
  const last = new Map(Object.entries(marks));
  const snapshots: Snapshot[] = [];
  for (const row of rows) {
    const before = last.get(String(row.instance_number));
    if (row.end_time === null || (before !== undefined && row.snap_id <= before.snap_id)) continue;
    const mark = markOf(row, row.end_time, reading);
    snapshots.push(
      before?.startup === mark.startup ? followingOf(row, mark, before, reading) : firstOf(row, mark, before, reading),
    );
    last.set(String(row.instance_number), mark);
  }
  return snapshots;
}

const commonOf = (row: SnapshotRow, mark: Mark) => ({
  ...{ snap_id: row.snap_id, instance_number: row.instance_number, snap_flag: row.snap_flag ?? 0, mark },
  window_end: new Date(mark.end),
});

const timeOf = (local: string | null, fallback: Date, offset_s: number): Date =>
  local === null ? fallback : fromLocal(local, offset_s);

/**
 * Of the same run as the one before: it begins where that ended. Whether it does is told by the clock's own words: with
 * this snapshot's offset they would be off by an hour where the clocks were put back or forward in between.
 */
function followingOf(row: SnapshotRow, mark: Mark, before: Mark, reading: Reading): Snapshot {
  const window_end = new Date(mark.end);
  const previous_end = new Date(before.end);
  const begin = timeOf(row.begin_time, previous_end, offsetOf(row, reading));
  const apart_ms =
    fromLocal(row.begin_time ?? before.end_local, 0).getTime() - fromLocal(before.end_local, 0).getTime();
  const has_gap = apart_ms > touching_ms;
  const window_start = has_gap ? begin : previous_end;
  return {
    ...commonOf(row, mark),
    started_at: timeOf(row.startup_time, begin, offsetOf(row, reading)),
    window_start: window_start > window_end ? window_end : window_start,
    ...{ previous_snap_id: before.snap_id, previous_end, totals_start: previous_end },
    ...{ startup_before: undefined, has_gap },
  };
}

/** The first of a run, or the first ever seen of this instance: its totals count from its start, if that is known. */
function firstOf(row: SnapshotRow, mark: Mark, before: Mark | undefined, reading: Reading): Snapshot {
  const window_end = new Date(mark.end);
  const begin = timeOf(row.begin_time, window_end, offsetOf(row, reading));
  const started_at = timeOf(row.startup_time, begin, offsetOf(row, reading));
  const previous_end = before === undefined ? begin : new Date(before.end);
  const is_all_new =
    (before !== undefined && started_at >= previous_end) || begin.getTime() - started_at.getTime() <= touching_ms;
  return {
    ...commonOf(row, mark),
    started_at,
    window_start: begin > window_end ? window_end : begin,
    previous_snap_id: undefined,
    previous_end: previous_end > window_end ? begin : previous_end,
    totals_start: is_all_new ? started_at : undefined,
    startup_before: before?.startup,
    has_gap: false,
  };
}
