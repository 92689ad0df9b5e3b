import type { InstanceMetricRow } from '@plumbline/contracts';
import { purgedOutcome, readTotals } from './awr-totals.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';
import type { Marks } from './snapshot-rows.js';
import { awrDbid, latestMarks, newSnapshots } from './snapshots.js';
import { event_shape, waitsBetween } from './wait-totals.js';

interface AwrWaitsState {
  readonly shape: 'oracle.awr-waits.1';
  readonly at: string;
  readonly dbid: string;
  readonly marks: Marks;
}

const shape = 'oracle.awr-waits.1';

/** Totals of neighbouring snapshots, subtracted within one run of one instance. */
export const awrWaits: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const dbid = awrDbid(reading);
    const state = stateOf<AwrWaitsState>(previous, shape);
    const before = state?.dbid === dbid ? state : undefined;
    const window = windowOf(reading, before?.at);
    const found =
      before === undefined ? await latestMarks(query, reading) : await newSnapshots(query, reading, before.marks);
    const instance_metrics: Omit<InstanceMetricRow, 'batch_id'>[] = [];
    let [rows_read, malformed, purged] = [0, 0, 0];
    for (const snapshot of found.snapshots) {
      reading.tools.abort.throwIfAborted();
      const totals = await readTotals(query, reading, snapshot, 'awr-events.sql', event_shape);
      rows_read += totals.now.length + totals.before.length;
      malformed += totals.malformed;
      if (totals.is_purged) purged++;
      else
        instance_metrics.push(
          ...waitsBetween(totals.now, totals.before, snapshot.instance_number, totals.span, reading),
        );
    }
    const after: AwrWaitsState = { shape, at: window.end.toISOString(), dbid, marks: found.marks };
    const outcome = worst(found.outcome, malformedOutcome(malformed, 'DBA_HIST_SYSTEM_EVENT'), purgedOutcome(purged));
    return collected(window, { instance_metrics }, after, rows_read, outcome);
  });
