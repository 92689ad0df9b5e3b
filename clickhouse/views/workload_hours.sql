-- How busy was an instance in each hour that was watched?
-- instance_id: '' for all, a row each. database_name: '' for all its databases together. from, to: the span, widened to
-- whole hours; kept 400 days.
-- watched_s: how much of the hour is known: less where the stored windows begin or end, more where one window spans a
-- gap in collection. An hour in which statements were read and none ran has load 0 (readings are kept 35 days).
-- hour_of_week: 0 is Monday 00:00 to 01:00 UTC. load: statements running at once on average. read_calls: select;
-- write_calls: insert, update, delete, merge. Statements run inside functions are left out.
CREATE OR REPLACE VIEW workload_hours AS
SELECT
  instance_id,
  toDateTime64(hour, 3, 'UTC') AS hour_at,
  toUInt8((toDayOfWeek(hour) - 1) * 24 + toHour(hour)) AS hour_of_week,
  greatest(
    assumeNotNull(inside_s),
    if(has_runs, 0, ifNull(toFloat64(dateDiff('millisecond', first_at, last_at)), 0) / 1000)
  ) AS watched_s,
  h_calls AS calls,
  h_time_us / 1e6 AS total_time_s,
  h_read_calls AS read_calls,
  h_write_calls AS write_calls,
  total_time_s / watched_s AS load
FROM (
  SELECT
    *,
    -- What of the hour lies between the first and the last window of the instance in the span.
    toFloat64(dateDiff(
      'millisecond',
      greatest(toDateTime64(hour, 3, 'UTC'), min(first_at) OVER (PARTITION BY instance_id)),
      least(toDateTime64(hour, 3, 'UTC') + INTERVAL 1 HOUR, max(last_at) OVER (PARTITION BY instance_id))
    )) / 1000 AS inside_s
  FROM (
    SELECT
      instance_id, hour, min(w_first_at) AS first_at, max(w_last_at) AS last_at, max(is_run) AS has_runs,
      sum(w_calls) AS h_calls, sum(w_time_us) AS h_time_us, sum(w_read_calls) AS h_read_calls,
      sum(w_write_calls) AS h_write_calls
    FROM (
      SELECT
        instance_id,
        hour_start AS hour,
        toNullable(min(first_window_start)) AS w_first_at,
        toNullable(max(last_window_end)) AS w_last_at,
        max(percentile_origin = 'exact') AS is_run,
        sumIf(toFloat64(calls), is_asked) AS w_calls,
        sumIf(toFloat64(total_time_us), is_asked) AS w_time_us,
        sumIf(toFloat64(calls), is_asked AND (instance_id, query_hash) IN (
          SELECT instance_id, query_hash FROM queries WHERE statement_class = 'select'
        )) AS w_read_calls,
        sumIf(toFloat64(calls), is_asked AND (instance_id, query_hash) IN (
          SELECT instance_id, query_hash FROM queries WHERE statement_class IN ('insert', 'update', 'delete', 'merge')
        )) AS w_write_calls
      FROM (
        SELECT *, {database_name:String} = '' OR database_name = {database_name:String} AS is_asked
        FROM query_hourly
        WHERE is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
          AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
      )
      GROUP BY instance_id, hour
      UNION ALL
      SELECT instance_id, toStartOfHour(toDateTime(observed_at, 'UTC')) AS hour, NULL, NULL, 0, 0., 0., 0., 0.
      FROM aspect_status
      WHERE aspect IN ('statements', 'runs') AND state IN ('ok', 'degraded', 'backing_off')
        AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND observed_at >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND observed_at < {to:DateTime64(3, 'UTC')}
      GROUP BY instance_id, hour
    )
    GROUP BY instance_id, hour
  )
)
WHERE inside_s > 0
ORDER BY instance_id, hour_at;
