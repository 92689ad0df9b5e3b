import type { AspectOutcome } from '@plumbline/contracts';
import { shaped, type Read, type RowOf } from '../fields.js';
import type { Query } from '../source.js';
import { degraded } from '../../shared/outcome.js';
import type { ReadingWindow } from '../../shared/reading.js';
import type { Reading } from './reading.js';
import type { Snapshot } from './snapshot-rows.js';
import { awrDbid } from './snapshots.js';

/** Cumulative values of one instance at the end and at the start of a span. */
export interface Totals<Row> {
  readonly now: readonly Row[];
  /** Empty after a restart: what is there now is all new. */
  readonly before: readonly Row[];
  readonly span: ReadingWindow;
  readonly malformed: number;
  /** The older snapshot is gone: nothing can be subtracted. */
  readonly is_purged: boolean;
}

/** Subtracted only within one run of one instance: a restart sets everything back to zero. */
export async function readTotals<S extends Parameters<typeof shaped>[1]>(
  query: Query,
  reading: Reading,
  snapshot: Snapshot,
  file: string,
  shape: S,
): Promise<Totals<RowOf<S>>> {
  const read = async (snap_id: number): Promise<Read<RowOf<S>>> => {
    const { instance_number } = snapshot;
    return shaped(await query(file, { dbid: awrDbid(reading), snap_id, instance_number }), shape);
  };
  const { previous_snap_id, totals_start, window_start, window_end } = snapshot;
  const older = previous_snap_id === undefined ? undefined : await read(previous_snap_id);
  const newer = await read(snapshot.snap_id);
  return {
    now: newer.rows,
    before: older?.rows ?? [],
    span: { start: totals_start ?? window_start, end: window_end },
    malformed: newer.malformed + (older?.malformed ?? 0),
    is_purged: newer.rows.length > 0 && (totals_start === undefined || older?.rows.length === 0),
  };
}

export const purgedOutcome = (purged: number): AspectOutcome | undefined =>
  purged === 0
    ? undefined
    : degraded(
        `${purged} snapshots have lost the one before them: their totals cannot be subtracted`,
        'EXEC DBMS_WORKLOAD_REPOSITORY.MODIFY_SNAPSHOT_SETTINGS(retention => 20160), in minutes: longer than any pause',
      );
