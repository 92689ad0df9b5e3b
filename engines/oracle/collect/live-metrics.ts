import { fromLocal, shaped } from '../fields.js';
import { readStartups, type Startups } from './instances.js';
import { metricsBetween, type Statistic, type StatisticKind } from './metric-formulas.js';
import { instance_statistic_shape, metricRows, restartEvent } from './metric-rows.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';

type Known = readonly [kind: StatisticKind, name: string, value: string];

interface LiveMetricsState {
  readonly shape: 'oracle.live-metrics.1';
  readonly at: string;
  readonly startups: Startups;
  readonly statistics: Readonly<Record<string, readonly Known[]>>;
}

const shape = 'oracle.live-metrics.1';

/** Totals since each instance started, subtracted; after a restart they count from zero. No licence is needed. */
export const liveMetrics: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<LiveMetricsState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const startups = await readStartups(query);
    const { rows, malformed } = shaped(await query('statistics.sql'), instance_statistic_shape);
    const instances = [...new Set(rows.map(({ instance_number }) => instance_number))];
    const of = (instance: number) => rows.filter(({ instance_number }) => instance_number === instance);
    const state: LiveMetricsState = {
      ...{ shape, at: window.end.toISOString(), startups },
      statistics: Object.fromEntries(
        instances.map((instance) => [
          String(instance),
          of(instance).map(({ kind, name, value }): Known => [kind, name, String(value ?? 0n)]),
        ]),
      ),
    };
    const outcome = worst(malformedOutcome(malformed, 'GV$SYSSTAT, GV$SYS_TIME_MODEL, GV$OSSTAT'));
    if (before === undefined) return collected(window, {}, state, rows.length, outcome);
    const { block_bytes, offset_s } = reading.source.facts;
    const told = instances.map((instance) => {
      const [was, is] = [before.startups[instance] ?? '', startups[instance] ?? ''];
      const known = was === is ? (before.statistics[instance] ?? []) : [];
      const started_at = was === is || is === '' ? window.start : fromLocal(is, offset_s);
      const span = { start: started_at > window.start ? started_at : window.start, end: window.end };
      const elapsed_us = (span.end.getTime() - span.start.getTime()) * 1_000;
      const older = known.map(([kind, name, value]): Statistic => ({ kind, name, value: BigInt(value), gauge: null }));
      const metrics = metricsBetween(of(instance), older, { elapsed_us, block_bytes });
      return {
        metrics: metricRows(metrics, instance, span.start > span.end ? window : span, reading),
        events:
          was === '' || was === is
            ? []
            : [restartEvent(instance, started_at, window, { before: was, after: is }, reading)],
      };
    });
    const instance_metrics = told.flatMap(({ metrics }) => metrics);
    const instance_events = told.flatMap(({ events }) => events);
    return collected(window, { instance_metrics, instance_events }, state, rows.length, outcome);
  });
