-- What an instance did in the day before as_of, from hours: one row, none when nothing ran.
WITH
  {as_of:DateTime64(3, 'UTC')} AS until,
  until - toIntervalSecond({span_s:UInt32}) AS since,
  since - INTERVAL 7 DAY AS long_before,
  by_query AS (
    SELECT
      query_hash,
      sumIf(query_hourly.calls, hour_start >= since) AS q_calls,
      sumIf(query_hourly.total_time_us, hour_start >= since) AS q_time_us,
      sumIf(query_hourly.calls, hour_start < since) AS q_calls_before,
      sumIf(query_hourly.total_time_us, hour_start < since) AS q_time_before_us,
      minIf(hour_start, hour_start < since) AS q_first_at,
      sumIf(query_hourly.errors, hour_start >= since) AS q_errors,
      sumIf(query_hourly.cpu_time_us, hour_start >= since) AS q_cpu_us,
      sumIf(query_hourly.io_read_time_us, hour_start >= since) AS q_io_read_us,
      sumIf(query_hourly.io_write_time_us, hour_start >= since) AS q_io_write_us,
      sumIf(query_hourly.lock_time_us, hour_start >= since) AS q_lock_us,
      sumIf(query_hourly.rows_returned, hour_start >= since) AS q_rows,
      sumIf(query_hourly.rows_examined, hour_start >= since) AS q_examined,
      sumIf(query_hourly.logical_read_bytes, hour_start >= since) AS q_logical,
      sumIf(query_hourly.physical_read_bytes, hour_start >= since) AS q_physical,
      sumIf(query_hourly.written_bytes, hour_start >= since) AS q_written,
      sumIf(query_hourly.temp_written_bytes, hour_start >= since) AS q_temp,
      sumIf(query_hourly.wal_bytes, hour_start >= since) AS q_wal,
      sumForEachIf(arrayMap(hour -> if(toHour(hour_start) = hour, query_hourly.calls, 0), range(24)), hour_start >= since) AS q_by_hour
    FROM query_hourly
    WHERE instance_id = {instance_id:String} AND is_nested = 0 AND hour_start >= long_before AND hour_start < until
    GROUP BY query_hash
  ),
  told AS (
    SELECT
      query_hash,
      argMax(statement_class, observed_at) IN ('insert', 'update', 'delete', 'merge') AS is_write,
      JSONExtractBool(argMax(features, observed_at), 'has_aggregate') AS has_aggregate,
      JSONLength(argMax(features, observed_at), 'tables') AS tables
    FROM queries
    WHERE instance_id = {instance_id:String} AND observed_at <= until
    GROUP BY query_hash
  ),
  whole AS (
    SELECT
      sum(q_calls) AS calls,
      sum(q_errors) AS errors,
      sum(q_time_us) AS total_time_us,
      sum(q_cpu_us) AS cpu_time_us,
      sum(q_io_read_us) AS io_read_time_us,
      sum(q_io_write_us) AS io_write_time_us,
      sum(q_lock_us) AS lock_time_us,
      sum(q_rows) AS rows_returned,
      sum(q_examined) AS rows_examined,
      sum(q_logical) AS logical_read_bytes,
      sum(q_physical) AS physical_read_bytes,
      sum(q_written) AS written_bytes,
      sum(q_temp) AS temp_written_bytes,
      sum(q_wal) AS wal_bytes,
      countIf(q_calls > 0) AS queries,
      countIf(q_calls > 0 AND q_calls_before = 0) AS queries_new,
      countIf(q_calls = 0 AND q_calls_before > 0) AS queries_gone,
      sum(q_calls_before) AS calls_before,
      sum(q_time_before_us) AS time_before_us,
      dateDiff('second', minIf(q_first_at, q_calls_before > 0), since) AS seconds_before,
      arrayReverseSort(groupArray(q_time_us)) AS times,
      sumIf(q_calls, is_write) AS write_calls,
      sumIf(q_time_us, is_write) AS write_time_us,
      sumIf(q_calls, q_time_us < 10000 * q_calls) AS short_calls,
      sumIf(q_time_us, q_time_us >= 1000000 * q_calls) AS long_time_us,
      sumIf(q_time_us, has_aggregate) AS aggregate_time_us,
      sumIf(q_time_us, tables >= 3) AS join_time_us,
      sumForEach(q_by_hour) AS by_hour
    FROM by_query
    LEFT JOIN told ON told.query_hash = by_query.query_hash
    SETTINGS join_use_nulls = 0
  )
SELECT
  {instance_id:String} AS instance_id,
  '' AS query_hash,
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
  if(calls_before > 0, (calls / {span_s:UInt32}) / (calls_before / seconds_before), NULL) AS calls_growth,
  if(calls_before > 0, mean_time_us / (time_before_us / calls_before), NULL) AS mean_time_growth,
  queries,
  queries_new,
  queries_gone,
  (
    SELECT countIf(first_at > since AND first_at <= until)
    FROM (
      SELECT min(first_observed_at) AS first_at
      FROM plans WHERE instance_id = {instance_id:String} GROUP BY query_hash, plan_hash
    )
  ) AS plans_new,
  total_time_us / 1e6 / {span_s:UInt32} AS load,
  times[1] / total_time_us AS top1_time_share,
  arraySum(arraySlice(times, 1, 10)) / total_time_us AS top10_time_share,
  -arraySum(arrayMap(one -> if(one = 0, 0, (one / total_time_us) * log2(one / total_time_us)), times)) AS time_entropy,
  write_calls / calls AS write_calls_share,
  write_time_us / total_time_us AS write_time_share,
  short_calls / calls AS short_calls_share,
  long_time_us / total_time_us AS long_time_share,
  aggregate_time_us / total_time_us AS aggregate_time_share,
  join_time_us / total_time_us AS join_time_share,
  (
    SELECT sumForEach(arrayMap(class -> if(wait_class = class, sampled_time_us, 0), {wait_classes:Array(String)}))
    FROM wait_deltas
    WHERE instance_id = {instance_id:String} AND window_end > since AND window_end <= until
  ) AS waited,
  arrayMap(one -> one / arraySum(waited), waited) AS wait_share,
  arrayMap(one -> one / calls, by_hour) AS calls_share_hour
FROM whole
WHERE calls > 0
