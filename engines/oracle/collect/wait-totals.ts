import type { InstanceMetricRow } from '@plumbline/contracts';
import { key, text, whole, type RowOf } from '../fields.js';
import { waitClassOf } from '../wait-class.js';
import type { Metric } from './metric-formulas.js';
import { metricRows } from './metric-rows.js';
import type { ReadingWindow } from '../../shared/reading.js';
import type { Reading } from './reading.js';
import { sinceReset } from './since-reset.js';

export const event_shape = { event_name: key, wait_class: text, waits: whole, waited_us: whole };
export type EventTotals = RowOf<typeof event_shape>;

/**
 * What was waited for between two readings of one instance, by class and by event, as metrics: the sampled waits of
 * sessions (activity) are told by statement, and one table for both would count each wait twice.
 * @param before empty after a restart: all is new then
 */
export function waitsBetween(
  now: readonly EventTotals[],
  before: readonly Pick<EventTotals, 'event_name' | 'waits' | 'waited_us'>[],
  instance_number: number,
  span: ReadingWindow,
  reading: Reading,
): Omit<InstanceMetricRow, 'batch_id'>[] {
  const by_name = new Map(before.map((event) => [event.event_name, event]));
  const metrics = new Map<string, Metric>();
  const add = (metric: string, value: bigint, unit: string): void => {
    metrics.set(metric, { metric, value: (metrics.get(metric)?.value ?? 0) + Number(value), unit });
  };
  for (const { event_name, wait_class, waits, waited_us } of now) {
    const was = by_name.get(event_name);
    const time_us = sinceReset(waited_us, was?.waited_us);
    const count = sinceReset(waits, was?.waits);
    if (time_us === 0n && count === 0n) continue;
    add(`waits.${waitClassOf(wait_class)}.time_us`, time_us, 'us');
    add(`wait/${event_name}.time_us`, time_us, 'us');
    add(`wait/${event_name}.count`, count, 'count');
  }
  return metricRows([...metrics.values()], instance_number, span, reading);
}
