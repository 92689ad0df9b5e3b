-- How did one query do over time, against its baseline?
-- from, to: the span, by each window's start. step_s: seconds per point; from 3600 up it is read from hours, below from
-- the windows themselves (kept 35 days). Points without windows are absent.
-- Times in microseconds per run. p95_us with its origin as in query_top. Baseline: median and median -+ 3 sigma of the
-- logarithm, from the narrowest scope with 30 points (hour of week, hour of day, global), by the point's start;
-- baseline_scope '' and nulls where there is none. Runs inside functions are shown only for a query that has no others.
CREATE OR REPLACE VIEW query_series AS
WITH
  {step_s:UInt32} >= 3600 AS is_coarse,
  windows AS (
    SELECT
      toStartOfInterval(hour_start, toIntervalSecond(greatest(1, {step_s:UInt32}))) AS point,
      is_nested AS nested, percentile_origin AS origin, toFloat64(calls) AS w_calls, toFloat64(total_time_us) AS w_time_us,
      sum_square_time_us2 AS w_square_us2, toFloat64(rows_returned) AS w_rows, toFloat64(logical_read_bytes) AS w_read_bytes,
      run_times AS runs, weighted_times AS weighted
    FROM query_hourly
    WHERE is_coarse AND instance_id = {instance_id:String} AND query_hash = {query_hash:String}
      AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT * FROM (
      SELECT
        toDateTime(toStartOfInterval(window_start, toIntervalSecond(greatest(1, {step_s:UInt32}))), 'UTC') AS point,
        is_nested AS nested, percentile_origin AS origin, sum(toFloat64(calls)) AS w_calls,
        sum(toFloat64(total_time_us)) AS w_time_us, sum(sum_square_time_us2) AS w_square_us2,
        sum(toFloat64(rows_returned)) AS w_rows, sum(toFloat64(logical_read_bytes)) AS w_read_bytes,
        quantilesDDArrayState(0.01, 0.5, 0.95, 0.99)(
          if(percentile_origin = 'exact' AND calls > 0, [toFloat64(total_time_us) / calls], [])
        ) AS runs,
        quantilesTDigestWeightedArrayState(0.5, 0.95, 0.99)(
          multiIf(
            percentile_origin = 'histogram', bucket_upper_us,
            percentile_origin = 'means' AND calls > 0, [toFloat64(total_time_us) / calls],
            []
          ),
          multiIf(percentile_origin = 'histogram', bucket_calls, percentile_origin = 'means' AND calls > 0, [calls], [])
        ) AS weighted
      FROM query_deltas
      WHERE NOT is_coarse AND instance_id = {instance_id:String} AND query_hash = {query_hash:String}
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
      GROUP BY point, nested, origin
    )
  ),
  by_origin AS (
    SELECT
      point, origin,
      sum(w_calls) AS o_calls, sum(w_time_us) AS o_time_us, sum(w_rows) AS o_rows, sum(w_read_bytes) AS o_read_bytes,
      o_time_us / o_calls AS mean_us,
      sqrt(log(1 + greatest(0, sum(w_square_us2) / o_calls - mean_us * mean_us) / (mean_us * mean_us))) AS sigma,
      multiIf(
        origin = 'exact', quantilesDDArrayMerge(0.01, 0.5, 0.95, 0.99)(runs)[2],
        origin = 'modelled', exp(log(mean_us) - sigma * sigma / 2 + 1.6449 * sigma),
        quantilesTDigestWeightedArrayMerge(0.5, 0.95, 0.99)(weighted)[2]
      ) AS answer_us
    FROM windows
    WHERE nested = (SELECT min(nested) FROM windows)
    GROUP BY point, origin
  ),
  points AS (
    SELECT
      point, sum(o_calls) AS all_calls, sum(o_time_us) AS all_time_us, sum(o_rows) AS all_rows,
      sum(o_read_bytes) AS all_read_bytes, argMax(answer_us, o_calls) AS main_us, argMax(origin, o_calls) AS main_origin
    FROM by_origin GROUP BY point
  ),
  (
    SELECT mapFromArrays(groupArray(concat(scope, ':', toString(slot))), groupArray((median_ln_us, sigma_ln)))
    FROM baselines FINAL
    WHERE instance_id = {instance_id:String} AND query_hash = {query_hash:String} AND (scope = 'global' OR points >= 30)
  ) AS known,
  toHour(point) AS hour,
  toDayOfWeek(point) AS weekday,
  arrayFirst(
    key -> mapContains(known, key),
    [
      concat('hour_of_week:', toString((weekday - 1) * 24 + hour)),
      concat('hour_of_day:', toString(if(weekday >= 6, 24, 0) + hour)),
      'global:0'
    ]
  ) AS slot_key,
  known[slot_key] AS slot_ln
SELECT
  toDateTime64(point, 3, 'UTC') AS point_at,
  all_calls AS calls,
  all_time_us / 1e6 AS total_time_s,
  ifNotFinite(all_time_us / all_calls, 0) AS mean_time_us,
  ifNotFinite(main_us, 0) AS p95_us,
  main_origin AS percentile_origin,
  ifNotFinite(all_rows / all_calls, 0) AS rows_per_call,
  ifNotFinite(all_read_bytes / all_calls, 0) AS logical_read_bytes_per_call,
  if(slot_key = '', NULL, exp(slot_ln.1)) AS baseline_median_us,
  if(slot_key = '', NULL, exp(slot_ln.1 - 3 * slot_ln.2)) AS baseline_low_us,
  if(slot_key = '', NULL, exp(slot_ln.1 + 3 * slot_ln.2)) AS baseline_high_us,
  splitByChar(':', slot_key)[1] AS baseline_scope
FROM points
ORDER BY point_at;
