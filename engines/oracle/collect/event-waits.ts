import { place, shaped } from '../fields.js';
import { readStartups, type Startups } from './instances.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';
import { event_shape, waitsBetween } from './wait-totals.js';

/** As decimal text: JSON has no whole numbers of 64 bits. */
type Known = readonly [event_name: string, waits: string, waited_us: string];

interface EventWaitsState {
  readonly shape: 'oracle.event-waits.1';
  readonly at: string;
  readonly startups: Startups;
  readonly totals: Readonly<Record<string, readonly Known[]>>;
}

const shape = 'oracle.event-waits.1';

/** Totals since each instance started, subtracted; an instance that was restarted since counts from zero. */
export const eventWaits: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<EventWaitsState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const startups = await readStartups(query);
    const { rows, malformed } = shaped(await query('events.sql'), { ...event_shape, instance_number: place });
    const instances = [...new Set(rows.map(({ instance_number }) => String(instance_number)))];
    const of = (instance: string) => rows.filter((row) => String(row.instance_number) === instance);
    const instance_metrics = instances.flatMap((instance) => {
      if (before === undefined) return [];
      const is_same_run = before.startups[instance] === startups[instance];
      const known = is_same_run ? (before.totals[instance] ?? []) : [];
      const totals = known.map(([event_name, waits, waited_us]) => ({
        ...{ event_name, waits: BigInt(waits), waited_us: BigInt(waited_us) },
      }));
      return waitsBetween(of(instance), totals, Number(instance), window, reading);
    });
    const state: EventWaitsState = {
      ...{ shape, at: window.end.toISOString(), startups },
      totals: Object.fromEntries(
        instances.map((instance) => [
          instance,
          of(instance).map(({ event_name, waits, waited_us }): Known => {
            return [event_name, String(waits ?? 0n), String(waited_us ?? 0n)];
          }),
        ]),
      ),
    };
    const outcome = worst(malformedOutcome(malformed, 'GV$SYSTEM_EVENT'));
    return collected(window, { instance_metrics }, state, rows.length, outcome);
  });
