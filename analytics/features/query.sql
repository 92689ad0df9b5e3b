-- What each query of an instance did in the day before as_of, from hours: one row each.
WITH
  {as_of:DateTime64(3, 'UTC')} AS until,
  until - toIntervalSecond({span_s:UInt32}) AS since,
  since - INTERVAL 7 DAY AS long_before,
  by_origin AS (
    SELECT
      query_hash,
      percentile_origin,
      sum(query_hourly.calls) AS o_calls,
      sum(query_hourly.errors) AS o_errors,
      sum(query_hourly.total_time_us) AS o_time_us,
      sum(query_hourly.sum_square_time_us2) AS o_square_us2,
      sum(query_hourly.cpu_time_us) AS o_cpu_us,
      sum(query_hourly.io_read_time_us) AS o_io_read_us,
      sum(query_hourly.io_write_time_us) AS o_io_write_us,
      sum(query_hourly.lock_time_us) AS o_lock_us,
      sum(query_hourly.rows_returned) AS o_rows,
      sum(query_hourly.rows_examined) AS o_examined,
      sum(query_hourly.logical_read_bytes) AS o_logical,
      sum(query_hourly.physical_read_bytes) AS o_physical,
      sum(query_hourly.written_bytes) AS o_written,
      sum(query_hourly.temp_written_bytes) AS o_temp,
      sum(query_hourly.wal_bytes) AS o_wal,
      min(query_hourly.min_time_us) AS o_min_us,
      max(query_hourly.max_time_us) AS o_max_us,
      groupUniqArray(database_name) AS o_databases,
      sumForEach(arrayMap(hour -> if(toHour(hour_start) = hour, query_hourly.calls, 0), range(24))) AS o_by_hour,
      uniqExactIf(hour_start, query_hourly.calls > 0) AS o_hours,
      quantilesDDArrayMerge(0.01, 0.5, 0.95, 0.99)(run_times) AS run_us,
      quantilesTDigestWeightedArrayMerge(0.5, 0.95, 0.99)(weighted_times) AS weighted_us
    FROM query_hourly
    WHERE instance_id = {instance_id:String} AND is_nested = 0 AND hour_start >= since AND hour_start < until
    GROUP BY query_hash, percentile_origin
  ),
  by_query AS (
    SELECT
      query_hash AS of_query,
      sum(o_calls) AS calls,
      sum(o_errors) AS errors,
      sum(o_time_us) AS total_time_us,
      sum(o_cpu_us) AS cpu_time_us,
      sum(o_io_read_us) AS io_read_time_us,
      sum(o_io_write_us) AS io_write_time_us,
      sum(o_lock_us) AS lock_time_us,
      sum(o_rows) AS rows_returned,
      sum(o_examined) AS rows_examined,
      sum(o_logical) AS logical_read_bytes,
      sum(o_physical) AS physical_read_bytes,
      sum(o_written) AS written_bytes,
      sum(o_temp) AS temp_written_bytes,
      sum(o_wal) AS wal_bytes,
      min(o_min_us) AS min_time_us,
      max(o_max_us) AS max_time_us,
      max(o_hours) AS active_hours,
      arraySort(arrayDistinct(arrayFlatten(groupArray(o_databases)))) AS database_names,
      sumForEach(o_by_hour) AS by_hour,
      argMax((percentile_origin, toFloat64(o_time_us) / o_calls, o_square_us2 / o_calls, run_us, weighted_us), o_calls) AS main
    FROM by_origin
    GROUP BY query_hash
    HAVING calls > 0
  ),
  earlier AS (
    SELECT
      query_hash,
      sum(query_hourly.calls) AS calls_before,
      sum(query_hourly.total_time_us) AS time_before_us,
      (SELECT dateDiff('second', min(hour_start), since) FROM query_hourly
        WHERE instance_id = {instance_id:String} AND hour_start >= long_before AND hour_start < since) AS seconds_before
    FROM query_hourly
    WHERE instance_id = {instance_id:String} AND is_nested = 0 AND hour_start >= long_before AND hour_start < since
    GROUP BY query_hash
    HAVING calls_before > 0
  ),
  waited AS (
    SELECT
      query_hash,
      sumForEach(arrayMap(class -> if(wait_class = class, sampled_time_us, 0), {wait_classes:Array(String)})) AS by_class
    FROM wait_deltas
    WHERE instance_id = {instance_id:String} AND window_end > since AND window_end <= until AND query_hash != ''
    GROUP BY query_hash
  ),
  planned AS (
    SELECT query_hash, count() AS known, countIf(first_at > since) AS fresh
    FROM (
      SELECT query_hash, plan_hash, min(first_observed_at) AS first_at
      FROM plans WHERE instance_id = {instance_id:String} GROUP BY query_hash, plan_hash HAVING first_at <= until
    )
    GROUP BY query_hash
  )
SELECT
  {instance_id:String} AS instance_id,
  by_query.of_query AS query_hash,
  calls, errors, total_time_us, cpu_time_us, io_read_time_us, io_write_time_us, lock_time_us, rows_returned,
  rows_examined, logical_read_bytes, physical_read_bytes, written_bytes, temp_written_bytes, wal_bytes,
  total_time_us / calls AS mean_time_us,
  rows_returned / calls AS rows_per_call,
  if(rows_examined > 0, rows_examined / rows_returned, NULL) AS rows_examined_per_row,
  logical_read_bytes / calls AS logical_read_bytes_per_call,
  written_bytes / (written_bytes + logical_read_bytes) AS written_share,
  cpu_time_us / total_time_us AS cpu_share,
  (io_read_time_us + io_write_time_us) / total_time_us AS io_share,
  lock_time_us / total_time_us AS lock_share,
  (calls / {span_s:UInt32}) / (earlier.calls_before / earlier.seconds_before) AS calls_growth,
  mean_time_us / (earlier.time_before_us / earlier.calls_before) AS mean_time_growth,
  active_hours,
  ifNull(planned.known, 0) AS plans_known,
  ifNull(planned.fresh, 0) AS plans_new,
  if(main.3 > 0, sqrt(greatest(0, main.3 - main.2 * main.2)), NULL) AS deviation_time_us,
  min_time_us,
  max_time_us,
  sqrt(log(1 + greatest(0, main.3 - main.2 * main.2) / (main.2 * main.2))) AS sigma_ln,
  multiIf(
    main.1 = 'modelled', arrayMap(z -> exp(log(main.2) - sigma_ln * sigma_ln / 2 + z * sigma_ln), [0, 1.6449, 2.3263]),
    main.1 = 'exact', main.4,
    main.5
  ) AS percentiles,
  percentiles[1] AS p50_us,
  percentiles[2] AS p95_us,
  percentiles[3] AS p99_us,
  errors / calls AS errors_per_call,
  total_time_us / sum(total_time_us) OVER () AS share_of_instance_time,
  arrayMap(one -> one / arraySum(waited.by_class), waited.by_class) AS wait_share,
  arrayMap(one -> one / calls, by_hour) AS calls_share_hour,
  [toString(main.1)] AS percentile_origin,
  arrayMap(name -> toString(name), database_names) AS database_names
FROM by_query
LEFT JOIN earlier ON earlier.query_hash = by_query.of_query
LEFT JOIN waited ON waited.query_hash = by_query.of_query
LEFT JOIN planned ON planned.query_hash = by_query.of_query
SETTINGS join_use_nulls = 1
