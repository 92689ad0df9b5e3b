import { utc, type WaitDeltaRow } from '@plumbline/contracts';
import { key, text, whole, type RowOf } from '../rows.js';
import { waitClassOf } from '../wait-class.js';
import type { Reading, Span } from './reading.js';

export const event_shape = { event_name: key, wait_class: text, waits: whole, waited_us: whole };
export type EventTotals = RowOf<typeof event_shape>;

/** The column is a 32-bit number. */
const most_waits = 4_294_967_295n;

/**
 * What was waited for between two readings of one instance. `before` is empty after a restart: all is new then. A total
 * that went down was reset, and counts whole.
 */
export function waitsBetween(
  now: readonly EventTotals[],
  before: readonly Pick<EventTotals, 'event_name' | 'waits' | 'waited_us'>[],
  span: Span,
  reading: Reading,
): Omit<WaitDeltaRow, 'batch_id'>[] {
  const by_name = new Map(before.map((event) => [event.event_name, event]));
  return now.flatMap((event) => {
    const was = by_name.get(event.event_name);
    const waited_us = difference(event.waited_us, was?.waited_us);
    const waits = difference(event.waits, was?.waits);
    if (waited_us === 0n && waits === 0n) return [];
    return [
      {
        instance_id: reading.instance_id,
        ...{ window_start: utc(span.start), window_end: utc(span.end), query_hash: '' },
        database_name: reading.source.facts.database_name,
        ...{ wait_class: waitClassOf(event.wait_class), wait_event: event.event_name },
        samples: Number(waits > most_waits ? most_waits : waits),
        sampled_time_us: waited_us,
      },
    ];
  });
}

export function difference(now: bigint | null, before: bigint | null | undefined): bigint {
  const since = (now ?? 0n) - (before ?? 0n);
  return since < 0n ? (now ?? 0n) : since;
}
