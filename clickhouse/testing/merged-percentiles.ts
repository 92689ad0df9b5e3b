import type { Store } from '../store.js';

/** Run times in µs as SQL over two standard normal deviates `z` and `z2` and a uniform `u`. */
export const time_shapes = {
  'lognormal, sigma 0.5': 'exp(9 + 0.5 * z)',
  'lognormal, sigma 1.5': 'exp(9 + 1.5 * z)',
  'nine hits and a miss': 'exp(if(u < 0.9, 7, 11) + 0.3 * z2)',
} as const;
export type TimeShape = keyof typeof time_shapes;

export const percentile_levels = [0.5, 0.95, 0.99] as const;

export interface MergedPercentiles {
  /** |merged / exact − 1| at each of `percentile_levels`. */
  readonly relative_errors: readonly number[];
  readonly merged_states: number;
  readonly largest_state_bytes: number;
  readonly merged_state_bytes: number;
}

/** Deterministic: every value is a hash of its number. Whole µs, as sources count. */
const timesOf = (shape: TimeShape, values: number): string => `
  SELECT number, toUInt64(greatest(1, round(${time_shapes[shape]}))) AS time_us FROM (
    SELECT number, (cityHash64(number, 1) + 1) / 18446744073709551616. AS u, cityHash64(number, 2) / 18446744073709551616. AS v,
      sqrt(-2 * log(u)) * cos(2 * pi() * v) AS z, sqrt(-2 * log((cityHash64(number, 3) + 1) / 18446744073709551616.)) *
      cos(2 * pi() * v) AS z2
    FROM numbers(${values}))`;

/**
 * Stores single runs of one query over `hours` hours through the same table and materialized views as a sink, merges
 * the hours' states back into one, and compares with the exact percentiles of the same values. `origin` 'exact' is
 * the state of single runs, 'means' the weighted one of interval means.
 */
export async function mergedPercentiles(
  store: Store,
  { shape, hours, values, origin }: { shape: TimeShape; hours: number; values: number; origin: 'exact' | 'means' },
): Promise<MergedPercentiles> {
  const query_hash = `${shape}/${origin}`;
  const params = { query_hash, origin, hours };
  await store.command(
    `INSERT INTO query_deltas (instance_id, query_hash, window_start, window_end, calls, total_time_us, percentile_origin)
     SELECT 'merged', {query_hash:String}, toStartOfDay(now('UTC')) - INTERVAL (number % {hours:UInt32}) HOUR AS start, start + 1, 1,
       time_us, {origin:String}
     FROM (${timesOf(shape, values)})
     SETTINGS max_partitions_per_insert_block = 0`,
    { params },
  );
  const levels = percentile_levels.join(', ');
  const [state, merge] =
    origin === 'exact'
      ? ['run_times', `quantilesDDArrayMerge(0.01, ${levels})`]
      : ['weighted_times', `quantilesTDigestWeightedArrayMerge(${levels})`];
  const [found] = await store.query<{
    merged: number[];
    exact: number[];
    states: number;
    largest: number;
    merged_bytes: number;
  }>(
    `SELECT ${merge}(${state}) AS merged, toUInt32(count()) AS states, toUInt32(max(length(hex(${state})) / 2)) AS largest,
       toUInt32(length(hex(${merge.replace('Merge(', 'MergeState(')}(${state}))) / 2) AS merged_bytes,
       (SELECT quantilesExact(${levels})(time_us) FROM (${timesOf(shape, values)})) AS exact
     FROM query_hourly WHERE instance_id = 'merged' AND query_hash = {query_hash:String}`,
    { params },
  );
  if (found === undefined) throw new Error(`no hours of ${query_hash} were stored`);
  return {
    relative_errors: found.merged.map((value, place) => Math.abs(value / Number(found.exact[place]) - 1)),
    merged_states: found.states,
    largest_state_bytes: found.largest,
    merged_state_bytes: found.merged_bytes,
  };
}
