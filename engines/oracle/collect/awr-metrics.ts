import type { InstanceEventRow, InstanceMetricRow } from '@plumbline/contracts';
import { shaped } from '../fields.js';
import type { Query } from '../source.js';
import { purgedOutcome, readTotals } from './awr-totals.js';
import { metricsBetween } from './metric-formulas.js';
import { metricRows, restartEvent, statistic_shape } from './metric-rows.js';
import { summary_shape, summaryMetrics } from './metric-summary.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import type { Marks, Snapshot } from './snapshot-rows.js';
import { awrDbid, latestMarks, newSnapshots } from './snapshots.js';

interface AwrMetricsState {
  readonly shape: 'oracle.awr-metrics.1';
  readonly at: string;
  readonly dbid: string;
  readonly marks: Marks;
}

const shape = 'oracle.awr-metrics.1';

/** Totals of neighbouring snapshots, subtracted, with the server's own summary of the snapshot beside. */
export const awrMetrics: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const dbid = awrDbid(reading);
    const state = stateOf<AwrMetricsState>(previous, shape);
    const before = state?.dbid === dbid ? state : undefined;
    const window = windowOf(reading, before?.at);
    const found =
      before === undefined ? await latestMarks(query, reading) : await newSnapshots(query, reading, before.marks);
    const instance_metrics: Omit<InstanceMetricRow, 'batch_id'>[] = [];
    const instance_events: Omit<InstanceEventRow, 'batch_id'>[] = [];
    let [rows_read, malformed, purged] = [0, 0, 0];
    for (const snapshot of found.snapshots) {
      reading.tools.abort.throwIfAborted();
      const answer = await metricsOf(query, reading, snapshot);
      rows_read += answer.rows_read;
      malformed += answer.malformed;
      if (answer.is_purged) purged++;
      instance_metrics.push(...answer.rows);
      instance_events.push(...restartsIn(snapshot, reading));
    }
    const after: AwrMetricsState = { shape, at: window.end.toISOString(), dbid, marks: found.marks };
    const outcome = worst(found.outcome, malformedOutcome(malformed, 'AWR statistics'), purgedOutcome(purged));
    return collected(window, { instance_metrics, instance_events }, after, rows_read, outcome);
  });

async function metricsOf(query: Query, reading: Reading, snapshot: Snapshot) {
  const { snap_id, instance_number } = snapshot;
  const totals = await readTotals(query, reading, snapshot, 'awr-statistics.sql', statistic_shape);
  const raw = await query('awr-summary.sql', { dbid: awrDbid(reading), snap_id, instance_number });
  const summary = shaped(raw, summary_shape);
  const elapsed_us = (totals.span.end.getTime() - totals.span.start.getTime()) * 1_000;
  const { block_bytes } = reading.source.facts;
  const counted = totals.is_purged ? [] : metricsBetween(totals.now, totals.before, { elapsed_us, block_bytes });
  const own_span = { start: snapshot.window_start, end: snapshot.window_end };
  return {
    rows: [
      ...metricRows(counted, instance_number, totals.span, reading),
      ...metricRows(summaryMetrics(summary.rows), instance_number, own_span, reading),
    ],
    rows_read: totals.now.length + totals.before.length + summary.rows.length,
    malformed: totals.malformed + summary.malformed,
    is_purged: totals.is_purged,
  };
}

function restartsIn(snapshot: Snapshot, reading: Reading): Omit<InstanceEventRow, 'batch_id'>[] {
  if (snapshot.startup_before === undefined) return [];
  const noticed = { start: snapshot.previous_end, end: snapshot.window_end };
  const startups = { before: snapshot.startup_before, after: snapshot.mark.startup };
  return [restartEvent(snapshot.instance_number, snapshot.started_at, noticed, startups, reading)];
}
