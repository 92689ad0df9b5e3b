import { utc, type InstanceMetricRow } from '@plumbline/contracts';
import { collected, nothingRead, stateOf, windowOf } from '../../shared/reading.js';
import { performanceSchemaOff } from '../grants.js';
import { microseconds } from '../normalize.js';
import { statement } from '../source.js';
import { eventClass } from '../wait-class.js';
import { counterDelta } from './metrics.js';
import type { CollectAspect } from './reading.js';

interface WaitsState {
  readonly shape: 'mysql.waits.1';
  readonly at: string;
  /** µs by event. */
  readonly times: Readonly<Record<string, string>>;
}

const shape = 'mysql.waits.1';

/**
 * What the whole server waited for, by kind and by event, as metrics: the sampled waits of sessions (activity) are told
 * by statement, and one table for both would count each wait twice.
 */
export const waits: CollectAspect = async (reading, previous) => {
  const { source } = reading;
  if (!source.facts.has_performance_schema) return nothingRead(reading, previous, performanceSchemaOff(source.facts));
  return source.read('fast', async (query) => {
    const before = stateOf<WaitsState>(previous, shape);
    const rows = await query(statement('waits.sql'));
    const window = windowOf(reading, before?.at);
    const read = rows.map((row) => ({ event: row.text('event_name'), time_us: microseconds(row.whole('timer_ps')) }));
    const state: WaitsState = {
      ...{ shape, at: window.end.toISOString() },
      times: Object.fromEntries(read.map(({ event, time_us }) => [event, time_us.toString()])),
    };
    if (before === undefined) return collected(window, {}, state, rows.length);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const times = new Map<string, bigint>();
    for (const { event, time_us } of read) {
      const waited_us = counterDelta(time_us, before.times[event] ?? '0');
      if (waited_us === 0n) continue;
      for (const name of [`waits.${eventClass(event)}_time_us`, `wait_type.${event}_us`])
        times.set(name, (times.get(name) ?? 0n) + waited_us);
    }
    const instance_metrics = [...times].map(([name, time_us]): Omit<InstanceMetricRow, 'batch_id'> => ({
      ...base,
      ...{ metric: name, value: Number(time_us), unit: 'us' },
    }));
    return collected(window, { instance_metrics }, state, rows.length);
  });
};
