import type { Outcome } from '@plumbline/collector/testing/faults/stage';
import { percentile } from '../figure.js';
import type { Figure } from '../figure.js';
import { slopePerHour } from '../slope.js';
import type { Sample } from './samples.js';

export interface Soak {
  /** After warming up. */
  readonly samples: readonly Sample[];
  readonly ages_s: readonly number[];
  readonly outcome: Outcome;
  readonly batches_per_s: number;
  readonly rows_per_batch: number;
}

/** Kept of every batch, a kilobyte is the smallest thing that anybody could forget: its id, its place, its promise. */
const leaked_per_batch_bytes = 1_024;
/** Resident memory goes up and down so far with what the allocators give back; the longer one watches, the less it hides. */
const resident_swing_mb = 20;
/** So much slower than its collector a sink may seem because the last look met a fuller group than the first. */
const slower_ratio = 0.003;
/** From here on a ClickHouse server makes writers wait (`parts_to_delay_insert`). */
const parts_limit = 1_000;

const hour_s = 3_600;

export function figuresOf({ samples, ages_s, outcome, batches_per_s, rows_per_batch }: Soak): readonly Figure[] {
  const slope = (read: (sample: Sample) => number): number =>
    slopePerHour(samples.map((sample) => ({ at_h: sample.at_h, value: read(sample) })));
  const last = samples.at(-1);
  const leak_mb = (batches_per_s * hour_s * leaked_per_batch_bytes) / 2 ** 20;
  const lag_growth = batches_per_s * hour_s * slower_ratio;
  const watched_h = (last?.at_h ?? 0) - (samples[0]?.at_h ?? 0);
  const growth = (what: string, read: (sample: Sample) => number, limit_mb: number, reason: string): Figure => ({
    figure: `growth of the ${what} after warming up`,
    measured: `${slope(read).toFixed(1)} MB/h of ${last && read(last).toFixed(0)} MB`,
    target: `≤ ${limit_mb.toFixed(0)} MB/h (${reason})`,
    is_met: slope(read) <= limit_mb,
  });
  const heap = (who: string, read: (sample: Sample) => number): Figure =>
    growth(`${who}'s heap without its garbage`, read, leak_mb, 'a kilobyte kept of each batch');
  const resident = (who: string, read: (sample: Sample) => number): Figure =>
    growth(`${who}'s resident memory`, read, resident_swing_mb / watched_h, `a swing of ${resident_swing_mb} MB`);
  const lag = slope(({ lag_messages }) => lag_messages);
  const parts = Math.max(...samples.map((sample) => sample.parts));
  return [
    heap('collector', ({ collector_heap_mb }) => collector_heap_mb),
    heap('sink', ({ sink_heap_mb }) => sink_heap_mb),
    resident('collector', ({ collector_mb }) => collector_mb),
    resident('sink', ({ sink_mb }) => sink_mb),
    {
      figure: "growth of the embedded engine's resident memory, with what it keeps in its caches",
      measured: `${slope(({ store_mb }) => store_mb).toFixed(1)} MB/h of ${last?.store_mb.toFixed(0)} MB`,
      target: '—',
      is_met: null,
    },
    {
      figure: 'growth of the lag',
      measured: `${lag.toFixed(1)} messages/h`,
      target: `≤ ${lag_growth.toFixed(0)} messages/h (a sink ${slower_ratio * 100} % slower than its collector)`,
      is_met: lag <= lag_growth,
    },
    {
      figure: `from the end of an interval until its batch is stored with its views, p95 of ${ages_s.length} batches`,
      measured: `${percentile(ages_s, 0.95).toFixed(2)} s`,
      target: '—',
      is_met: null,
    },
    {
      figure: 'most parts in one partition of one table',
      measured: String(parts),
      target: `< ${parts_limit}`,
      is_met: parts < parts_limit,
    },
    exactness(outcome, rows_per_batch),
  ];
}

function exactness({ emitted, expected, stored, dead_letters }: Outcome, rows_per_batch: number): Figure {
  const differing = Object.keys(stored).filter((table) => JSON.stringify(stored[table]) !== JSON.stringify(expected));
  const is_met = differing.length === 0 && dead_letters === 0;
  const rows = (emitted * rows_per_batch).toLocaleString('en');
  return {
    figure: `rows, calls and times in ${Object.keys(stored).join(', ')} against what was emitted (${rows} rows)`,
    measured: is_met ? 'equal' : `${dead_letters} dead letters, different: ${differing.join(', ')}`,
    target: 'equal',
    is_met,
  };
}
