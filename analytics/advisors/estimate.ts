import type { Estimate } from '@plumbline/contracts';

export const seconds_per_day = 86_400;
/** Standard normal quantile that leaves 10 % on either side. */
const z_80 = 1.2816;

/**
 * Planner cost is not time. A before/after/before run of TPC-H SF1 with 18 queries on PostgreSQL 15 (six indexes) gave
 * 26.9 % saved where 39.0 % had been estimated, hence the shift of ln((1 − 0.269) / (1 − 0.390)); one of the 15 queries
 * predicted to improve became slower by 62 %, which a spread of 0.32 makes about a 1-in-15 event.
 */
export const what_if_prior = { shift_ln: Math.log((1 - 0.269) / (1 - 0.39)), spread_ln: 0.32 } as const;
/** The further a cost falls, the less a ratio of costs says about a ratio of times: share of |ln ratio| added. */
const spread_share_of_fall = 0.25;

export interface Prior {
  readonly shift_ln: number;
  readonly spread_ln: number;
}

/** Time after / time before with its 80 % interval, from planner cost after / before. */
export function timeRatio(cost_ratio: number, prior: Prior): Estimate {
  if (!(cost_ratio > 0) || !Number.isFinite(cost_ratio)) throw new Error(`${cost_ratio} is not a ratio of two costs`);
  // An unchanged cost means an unchanged plan: nothing to shrink and nothing to be unsure of.
  if (cost_ratio === 1) return { value: 1, low: 1, high: 1 };
  const fall = Math.abs(Math.log(cost_ratio));
  const spread = Math.hypot(prior.spread_ln, spread_share_of_fall * fall);
  // The shift was seen at a fall of 0.49; a smaller one cannot be shrunk by more than itself, and a harm not at all.
  const shift = cost_ratio < 1 ? Math.min(prior.shift_ln, fall) : 0;
  const middle = Math.log(cost_ratio) + shift;
  return {
    value: Math.exp(middle),
    low: Math.exp(middle - z_80 * spread),
    high: Math.exp(middle + z_80 * spread),
  };
}

/** The least that advice by rule is expected to save, as a ratio of times. */
const ruled_least = 0.9;

/**
 * Without a planner's word only the direction is known: half of the fall (of its logarithm) is believed, and the interval
 * goes from all of it to a tenth saved. A choice, not a measurement.
 */
export function ruledTimeRatio(cost_ratio: number): Estimate {
  if (!(cost_ratio > 0 && cost_ratio <= 1)) throw new Error(`${cost_ratio} is not a ratio of a cost that falls`);
  const value = Math.sqrt(cost_ratio);
  return { value, low: cost_ratio, high: Math.max(ruled_least, value) };
}

/** Seconds per day that one query saves when its time falls by `ratio`. */
export function savedSecondsPerDay(total_time_us: number, span_s: number, ratio: Estimate): Estimate {
  const daily_s = secondsPerDay(total_time_us, span_s);
  return { value: daily_s * (1 - ratio.value), low: daily_s * (1 - ratio.high), high: daily_s * (1 - ratio.low) };
}

export const secondsPerDay = (total_time_us: number, span_s: number): number =>
  span_s > 0 ? (total_time_us / 1e6 / span_s) * seconds_per_day : 0;

/** Bounds are added as they are: one planner errs for all its queries alike, so errors do not cancel. */
export const sumEstimates = (estimates: readonly Estimate[]): Estimate =>
  estimates.reduce(
    (sum, one) => ({ value: sum.value + one.value, low: sum.low + one.low, high: sum.high + one.high }),
    { value: 0, low: 0, high: 0 },
  );
