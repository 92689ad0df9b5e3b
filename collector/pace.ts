import { createHash } from 'node:crypto';

/** How often an aspect is read: its interval, slower while it is over budget or failing. */
export interface Pace {
  /** 1 when it keeps its budget; doubles with each reading over it, up to 16. */
  readonly multiplier: number;
  readonly good_readings: number;
  readonly failures: number;
}

export const first_pace: Pace = { multiplier: 1, good_readings: 0, failures: 0 };

const most_multiplier = 16;
/** One good reading may be luck; two in a row halve the slowdown. */
const good_readings_to_recover = 2;
const first_retry_ms = 1_000;
const longest_retry_ms = 60_000;

export function afterReading(pace: Pace, is_over_budget: boolean): Pace {
  if (is_over_budget) {
    return { multiplier: Math.min(most_multiplier, pace.multiplier * 2), good_readings: 0, failures: 0 };
  }
  const good_readings = pace.good_readings + 1;
  if (pace.multiplier === 1 || good_readings < good_readings_to_recover) return { ...pace, good_readings, failures: 0 };
  return { multiplier: pace.multiplier / 2, good_readings: 0, failures: 0 };
}

export const afterFailure = (pace: Pace): Pace => ({ ...pace, good_readings: 0, failures: pace.failures + 1 });

/** Where in its interval an instance is read, 0 ≤ ratio < 1: always the same, and spread over all instances. */
export const offsetRatio = (instance_id: string): number =>
  createHash('md5').update(instance_id).digest().readUInt32BE() / 2 ** 32;

/**
 * Milliseconds from `now_ms` to the next reading: the next whole multiple of the interval since 1970, moved on by the
 * instance's share of the interval. Windows of one instance line up, a missed one is skipped, and no two instances are
 * read at the same moment. After a failure: 1 s, doubling to a minute (or the interval).
 */
export function nextReadingMs(pace: Pace, interval_s: number, now_ms: number, offset_ratio: number): number {
  const interval_ms = interval_s * 1_000 * pace.multiplier;
  if (pace.failures > 0) {
    return Math.min(Math.max(interval_ms, longest_retry_ms), first_retry_ms * 2 ** Math.min(pace.failures - 1, 20));
  }
  const past_ms = (now_ms - Math.round(offset_ratio * interval_ms)) % interval_ms;
  return interval_ms - past_ms;
}
