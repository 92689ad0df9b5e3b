import type { QueryDeltaRow } from '@plumbline/contracts';
import { utc, zero_measures } from '@plumbline/contracts';

/** Seeded numbers in [0, 1): the same seed always tells the same story (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface SeriesShape {
  readonly query_hash: string;
  readonly mean_us: number;
  readonly calls_per_window: number;
  /** ± share of the daily cycle; weekends are lower by half of it. */
  readonly cycle: number;
  readonly phi: number;
  readonly sigma_ln: number;
  /** Share of windows that are three times slower. */
  readonly spikes: number;
  /** ln added at a time: steps, recoveries, drifts, what the machine does. */
  readonly added_ln: (at: Date) => number;
}

/** The noise of the detector study: daily and weekend cycle, AR(1), short spikes of three times. */
export const noisy: Omit<SeriesShape, 'query_hash'> = {
  mean_us: 20_000,
  calls_per_window: 600,
  cycle: 0.3,
  phi: 0.6,
  sigma_ln: 0.1,
  spikes: 0.005,
  added_ln: () => 0,
};

export interface SeriesSpan {
  readonly from: Date;
  readonly to: Date;
  readonly window_s: number;
}

/** The mean µs per run of each window that ends in the span, in order. */
export function* means(
  shape: SeriesShape,
  span: SeriesSpan,
  random: () => number,
): Generator<{ readonly from_ms: number; readonly to_ms: number; readonly mean_us: number }> {
  let state = normal(random) * shape.sigma_ln;
  const step_ms = span.window_s * 1000;
  for (let to_ms = span.from.getTime() + step_ms; to_ms <= span.to.getTime(); to_ms += step_ms) {
    const at = new Date(to_ms - step_ms / 2);
    state = shape.phi * state + Math.sqrt(1 - shape.phi ** 2) * shape.sigma_ln * normal(random);
    const spike = random() < shape.spikes ? Math.log(3) : 0;
    const mean_us = shape.mean_us * Math.exp(cycleAt(at, shape.cycle) + state + spike + shape.added_ln(at));
    yield { from_ms: to_ms - step_ms, to_ms, mean_us };
  }
}

export function* deltas(
  instance_id: string,
  shape: SeriesShape,
  span: SeriesSpan,
  random: () => number,
): Generator<QueryDeltaRow> {
  for (const { from_ms, to_ms, mean_us } of means(shape, span, random))
    yield delta(instance_id, shape.query_hash, new Date(from_ms), new Date(to_ms), shape.calls_per_window, mean_us);
}

/** ln of a daily cycle of ± `share`, weekends lower by half of it. */
export function cycleAt(at: Date, share: number): number {
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const weekend = at.getUTCDay() === 0 || at.getUTCDay() === 6 ? -share / 2 : 0;
  return Math.log(1 + share * Math.sin((2 * Math.PI * (hour - 9)) / 24)) + weekend;
}

export function delta(
  instance_id: string,
  query_hash: string,
  from: Date,
  to: Date,
  calls: number,
  mean_us: number,
): QueryDeltaRow {
  return {
    ...zero_measures,
    instance_id,
    query_hash,
    window_start: utc(from),
    window_end: utc(to),
    database_name: 'shop',
    user_name: 'app',
    native_id: '1',
    is_nested: 0,
    plan_hash: '',
    calls: BigInt(calls),
    total_time_us: BigInt(Math.round(calls * mean_us)),
    sum_square_time_us2: calls * mean_us ** 2 * 1.5,
    rows_returned: BigInt(calls * 3),
    min_time_us: null,
    max_time_us: null,
    bucket_upper_us: [],
    bucket_calls: [],
    percentile_origin: 'modelled',
    flags: [],
    batch_id: 'test',
  };
}
