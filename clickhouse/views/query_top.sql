-- Which queries took the most time in the span?
-- instance_id: '' for all. from, to: the span; 6 hours or more are read from hours, widened to whole ones at both ends;
-- less is read exactly. limit: rows wanted.
-- Times in microseconds per run, total_time_s in seconds, share_of_instance_time 0 to 1 of all top-level statements of
-- the instance. Percentiles are those of the origin most calls came with: exact (within 1 %), histogram (bucket bounds),
-- modelled (lognormal from mean and deviation), means (of interval means: not latency). Statements run inside functions
-- are left out, they are in their caller's time. Up to 200 queries of up to two days are
-- answered exactly from single windows, the rest from mergeable states. database_name: the one with the most time.
CREATE OR REPLACE VIEW query_top AS
WITH
  dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) >= 21600 AS is_long,
  -- The same span for raw rows: whole hours where the sums are of whole hours.
  if(is_long, toStartOfHour({from:DateTime64(3, 'UTC')}), {from:DateTime64(3, 'UTC')}) AS raw_from,
  if(is_long, toStartOfHour({to:DateTime64(3, 'UTC')} - INTERVAL 1 MILLISECOND) + INTERVAL 1 HOUR, {to:DateTime64(3, 'UTC')}) AS raw_to,
  -- A few queries' windows of two days are quicker found in the raw rows, which are ordered by query, than a few
  -- states among everybody's hours (24 h of 5,000 queries: 56 MB of states). Not where raw rows have expired.
  is_long AND (dateDiff('hour', raw_from, raw_to) > 48 OR {limit:UInt32} > 200
    OR raw_from < (SELECT min(window_start) FROM query_deltas)) AS from_states,
  -- A scalar: named subqueries are run again for each use.
  (
    SELECT groupArray(tuple(*))
    FROM (
      SELECT
        instance_id,
        query_hash,
        argMax(o_database_name, o_longest_us) AS main_database_name,
        sum(o_calls) AS all_calls,
        sum(o_time_us) AS all_time_us,
        sum(o_rows) AS all_rows,
        sum(o_read_bytes) AS all_read_bytes,
        sum(all_time_us) OVER (PARTITION BY instance_id) AS instance_time_us,
        argMax(tuple(percentile_origin, o_time_us / o_calls, o_square_us2 / o_calls), o_calls) AS main
      FROM (
        SELECT
          instance_id,
          query_hash,
          percentile_origin,
          argMax(database_name, total_time_us) AS o_database_name,
          max(total_time_us) AS o_longest_us,
          sum(toFloat64(calls)) AS o_calls,
          sum(toFloat64(total_time_us)) AS o_time_us,
          sum(sum_square_time_us2) AS o_square_us2,
          sum(toFloat64(rows_returned)) AS o_rows,
          sum(toFloat64(logical_read_bytes)) AS o_read_bytes
        FROM (
          SELECT
            instance_id, query_hash, percentile_origin, database_name, calls, total_time_us, sum_square_time_us2,
            rows_returned, logical_read_bytes
          FROM query_hourly
          WHERE is_long AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
            AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
          UNION ALL
          SELECT
            instance_id, query_hash, percentile_origin, database_name, calls, total_time_us, sum_square_time_us2,
            rows_returned, logical_read_bytes
          FROM query_deltas
          WHERE NOT is_long AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
            AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        )
        GROUP BY instance_id, query_hash, percentile_origin
      )
      GROUP BY instance_id, query_hash
      ORDER BY all_time_us DESC, instance_id, query_hash
      LIMIT {limit:UInt32}
    )
  ) AS dearest,
  ranked AS (
    SELECT
      row.1 AS instance_id, row.2 AS query_hash, row.3 AS main_database_name, row.4 AS all_calls, row.5 AS all_time_us,
      row.6 AS all_rows, row.7 AS all_read_bytes, row.8 AS instance_time_us, row.9.1 AS main_origin, row.9.2 AS mean_us,
      sqrt(log(1 + greatest(0, row.9.3 - mean_us * mean_us) / (mean_us * mean_us))) AS sigma_ln,
      arrayMap(z -> exp(log(mean_us) - sigma_ln * sigma_ln / 2 + z * sigma_ln), [0, 1.6449, 2.3263]) AS modelled_us
    FROM (SELECT arrayJoin(dearest) AS row)
  ),
  -- Single windows answer exactly; states are most of what is read here, so each kind only where it answers.
  merged AS (
    SELECT instance_id, query_hash, quantilesExactWeightedArray(0.5, 0.95, 0.99)(
      if(percentile_origin = 'histogram', bucket_upper_us, [toFloat64(total_time_us) / calls]),
      if(percentile_origin = 'histogram', bucket_calls, [calls])
    ) AS us
    FROM query_deltas
    WHERE NOT from_states AND calls > 0 AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND window_start >= raw_from AND window_start < raw_to
      AND (instance_id, query_hash, percentile_origin) IN (SELECT instance_id, query_hash, main_origin FROM ranked)
    GROUP BY instance_id, query_hash
    UNION ALL
    SELECT instance_id, query_hash, quantilesDDArrayMerge(0.01, 0.5, 0.95, 0.99)(run_times) AS us
    FROM query_hourly
    WHERE percentile_origin = 'exact' AND from_states AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
      AND (instance_id, query_hash, percentile_origin) IN (SELECT instance_id, query_hash, main_origin FROM ranked)
    GROUP BY instance_id, query_hash
    UNION ALL
    SELECT instance_id, query_hash, quantilesTDigestWeightedArrayMerge(0.5, 0.95, 0.99)(weighted_times) AS us
    FROM query_hourly
    WHERE percentile_origin IN ('histogram', 'means') AND from_states AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
      AND (instance_id, query_hash, percentile_origin) IN (SELECT instance_id, query_hash, main_origin FROM ranked)
    GROUP BY instance_id, query_hash
  ),
  regressed AS (
    SELECT instance_id, query_hash, count() AS open_count
    FROM regressions_latest(instance_id = '', state = 'open') GROUP BY instance_id, query_hash
  ),
  arrayMap(x -> ifNotFinite(x, 0), if(ranked.main_origin = 'modelled', ranked.modelled_us, merged.us)) AS main_us
SELECT
  ranked.instance_id AS instance_id,
  ranked.query_hash AS query_hash,
  texts.template AS template,
  texts.statement_class AS statement_class,
  ranked.main_database_name AS database_name,
  ranked.all_calls AS calls,
  ranked.all_time_us / 1e6 AS total_time_s,
  ifNotFinite(ranked.all_time_us / ranked.all_calls, 0) AS mean_time_us,
  ifNotFinite(ranked.all_time_us / ranked.instance_time_us, 0) AS share_of_instance_time,
  ifNotFinite(ranked.all_rows / ranked.all_calls, 0) AS rows_per_call,
  ifNotFinite(ranked.all_read_bytes / ranked.all_calls, 0) AS logical_read_bytes_per_call,
  main_us[1] AS p50_us,
  main_us[2] AS p95_us,
  main_us[3] AS p99_us,
  ranked.main_origin AS percentile_origin,
  toFloat64(regressed.open_count) AS open_regressions
FROM ranked
LEFT JOIN merged ON merged.instance_id = ranked.instance_id AND merged.query_hash = ranked.query_hash
LEFT JOIN (
  SELECT instance_id, query_hash, template, statement_class FROM queries FINAL
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
) AS texts ON texts.instance_id = ranked.instance_id AND texts.query_hash = ranked.query_hash
LEFT JOIN regressed ON regressed.instance_id = ranked.instance_id AND regressed.query_hash = ranked.query_hash
ORDER BY total_time_s DESC, instance_id, query_hash;
