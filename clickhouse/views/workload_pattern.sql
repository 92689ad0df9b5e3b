-- What kind of work does an instance do, and each of its databases? One row of scope `instance`, one per database.
-- instance_id: '' for all. from, to: the span; 6 hours or more are read from hours, widened to whole ones.
-- A statement is short when its mean time, rows and logical reads per call are all at most pattern_short_max_*, heavy
-- when one of them is at least pattern_heavy_min_*. workload_class, by those shares of the statement time: olap when
-- heavy ones take pattern_class_min_share of it; oltp when short ones do, at pattern_oltp_min_calls_per_s and more; light
-- when short ones do at fewer; else mixed. unknown when less than pattern_min_load ran, or no threshold is published yet.
-- load: statements running at once on average, calls_per_s alike, over what of the span was watched. Reads are selects,
-- writes insert, update, delete and merge; the rest is neither. watched_since_at: since when the instance is known.
-- Statements run inside functions are left out.
CREATE OR REPLACE VIEW workload_pattern AS
WITH
  (SELECT mapFromArrays(groupArray(name), groupArray(value)) FROM analytics_thresholds FINAL) AS threshold,
  dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) >= 21600 AS is_long,
  ran AS (
    SELECT
      instance_id,
      query_hash,
      database_name AS of_database,
      min(began_at) AS q_began_at,
      max(ended_at) AS q_ended_at,
      sum(w_calls) AS q_calls,
      sum(w_time_us) AS q_time_us,
      sum(w_rows) AS q_rows,
      sum(w_read_bytes) AS q_read_bytes,
      q_time_us / q_calls <= threshold['pattern_short_max_mean_ms'] * 1000
        AND q_rows / q_calls <= threshold['pattern_short_max_rows_per_call']
        AND q_read_bytes / q_calls <= threshold['pattern_short_max_read_bytes_per_call'] AS is_short,
      q_time_us / q_calls >= threshold['pattern_heavy_min_mean_ms'] * 1000
        OR q_rows / q_calls >= threshold['pattern_heavy_min_rows_per_call']
        OR q_read_bytes / q_calls >= threshold['pattern_heavy_min_read_bytes_per_call'] AS is_heavy
    FROM (
      SELECT
        instance_id, query_hash, database_name, first_window_start AS began_at, last_window_end AS ended_at,
        toFloat64(calls) AS w_calls, toFloat64(total_time_us) AS w_time_us, toFloat64(rows_returned) AS w_rows,
        toFloat64(logical_read_bytes) AS w_read_bytes
      FROM query_hourly
      WHERE is_long AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
      UNION ALL
      SELECT
        instance_id, query_hash, database_name, window_start, window_end, toFloat64(calls), toFloat64(total_time_us),
        toFloat64(rows_returned), toFloat64(logical_read_bytes)
      FROM query_deltas
      WHERE NOT is_long AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
    )
    GROUP BY instance_id, query_hash, database_name
    HAVING q_calls > 0
  ),
  sums AS (
    SELECT
      ran.instance_id AS s_instance_id,
      arrayJoin([('instance', ''), ('database', ran.of_database)]) AS of,
      uniqExact(ran.query_hash) AS s_queries,
      min(ran.q_began_at) AS s_began_at,
      max(ran.q_ended_at) AS s_ended_at,
      sum(ran.q_calls) AS s_calls,
      sum(ran.q_time_us) AS s_time_us,
      sum(ran.q_rows) AS s_rows,
      sum(ran.q_read_bytes) AS s_read_bytes,
      sumIf(ran.q_time_us, ran.is_short) / s_time_us AS short_share,
      sumIf(ran.q_time_us, ran.is_heavy) / s_time_us AS heavy_share,
      sumIf(ran.q_calls, texts.is_read) AS s_read_calls,
      sumIf(ran.q_calls, texts.is_write) AS s_write_calls,
      sumIf(ran.q_time_us, texts.is_read) / s_time_us AS read_share,
      sumIf(ran.q_time_us, texts.is_write) / s_time_us AS write_share
    FROM ran
    LEFT JOIN (
      SELECT
        instance_id, query_hash, statement_class = 'select' AS is_read,
        statement_class IN ('insert', 'update', 'delete', 'merge') AS is_write
      FROM queries FINAL
      WHERE {instance_id:String} = '' OR instance_id = {instance_id:String}
    ) AS texts ON texts.instance_id = ran.instance_id AND texts.query_hash = ran.query_hash
    GROUP BY s_instance_id, of
  ),
  watched AS (
    SELECT
      *,
      greatest(1, toFloat64(dateDiff(
        'millisecond', min(s_began_at) OVER (PARTITION BY s_instance_id), max(s_ended_at) OVER (PARTITION BY s_instance_id)
      )) / 1000) AS watched_s
    FROM sums
  )
SELECT
  watched.s_instance_id AS instance_id,
  watched.of.1 AS scope,
  watched.of.2 AS database_name,
  multiIf(
    empty(threshold) OR load < threshold['pattern_min_load'], 'unknown',
    heavy_time_share >= threshold['pattern_class_min_share'], 'olap',
    short_time_share < threshold['pattern_class_min_share'], 'mixed',
    calls_per_s >= threshold['pattern_oltp_min_calls_per_s'], 'oltp',
    'light'
  ) AS workload_class,
  toFloat64(watched.s_queries) AS queries,
  watched.s_calls AS calls,
  watched.s_calls / watched.watched_s AS calls_per_s,
  watched.s_time_us / 1e6 / watched.watched_s AS load,
  watched.s_time_us / watched.s_calls AS mean_time_us,
  watched.s_rows / watched.s_calls AS rows_per_call,
  watched.s_read_bytes / watched.s_calls AS logical_read_bytes_per_call,
  ifNotFinite(watched.short_share, 0) AS short_time_share,
  ifNotFinite(watched.heavy_share, 0) AS heavy_time_share,
  watched.s_read_calls AS read_calls,
  watched.s_write_calls AS write_calls,
  ifNotFinite(watched.read_share, 0) AS read_time_share,
  ifNotFinite(watched.write_share, 0) AS write_time_share,
  known.since_at AS watched_since_at
FROM watched
LEFT JOIN (
  SELECT instance_id, toDateTime64(min(first_window_start), 3, 'UTC') AS since_at
  FROM query_daily
  WHERE {instance_id:String} = '' OR instance_id = {instance_id:String}
  GROUP BY instance_id
) AS known ON known.instance_id = watched.s_instance_id
ORDER BY instance_id, scope DESC, load DESC, database_name;
