-- How much of the time that the server itself counted do the collected statements explain?
-- instance_id: '' for all. from, to: the span, by each window's start. step_s: seconds per point; from 3600 up statements
-- are read from hours, below from their windows; the server's own count is kept 35 days.
-- engine_time_s: what the server counted for all statements: active time of sessions (PostgreSQL 14 and newer), its sum
-- over all kinds of statements (MySQL and MariaDB), DB time (Oracle). Null, with engine_time_metric '', where it counts no
-- such time or was not read: the share is then unknown, not 1. collected_time_s: of the collected statements and of the
-- collector's own. explained_share: collected / engine time; a point whose windows do not begin together may pass 1.
CREATE OR REPLACE VIEW workload_completeness AS
WITH {step_s:UInt32} >= 3600 AS is_coarse
SELECT
  toDateTime64(point, 3, 'UTC') AS point_at,
  instance_id,
  max(p_metric) AS engine_time_metric,
  -- PostgreSQL counts planning as active time, but tells it beside the time of the statement.
  (sum(p_time_us) + if(engine_time_metric = 'database.active_time_us', sum(p_plan_us), 0)) / 1e6 AS collected_time_s,
  sumOrNull(p_engine_us) / 1e6 AS engine_time_s,
  if(engine_time_s > 0, collected_time_s / engine_time_s, NULL) AS explained_share
FROM (
  SELECT
    instance_id,
    toDateTime(toStartOfInterval(began_at, toIntervalSecond(greatest(1, {step_s:UInt32}))), 'UTC') AS point,
    w_time_us AS p_time_us,
    w_plan_us AS p_plan_us,
    w_engine_us AS p_engine_us,
    w_metric AS p_metric
  FROM (
    SELECT
      instance_id, toDateTime64(hour_start, 3, 'UTC') AS began_at, toFloat64(total_time_us) AS w_time_us,
      toFloat64(plan_time_us) AS w_plan_us, CAST(NULL AS Nullable(Float64)) AS w_engine_us, '' AS w_metric
    FROM query_hourly
    WHERE is_coarse AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND hour_start >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour_start < {to:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT instance_id, window_start, toFloat64(total_time_us), toFloat64(plan_time_us), NULL, ''
    FROM query_deltas
    WHERE NOT is_coarse AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT
      instance_id,
      window_start,
      if(metric = 'plumbline.source_time_us', value, 0),
      0.,
      if(metric = 'plumbline.source_time_us', NULL, value),
      -- In a cluster each node tells its own: node2.time.database_us.
      if(metric = 'plumbline.source_time_us', '', replaceRegexpOne(metric, '^node[0-9]+[.]', ''))
    FROM instance_metrics
    WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
      AND (
        metric IN ('plumbline.source_time_us', 'database.active_time_us', 'statements.time_us', 'time.database_us')
        OR match(metric, '^node[0-9]+[.]time[.]database_us$')
      )
      AND window_start >= if(is_coarse, toDateTime64(toStartOfHour({from:DateTime64(3, 'UTC')}), 3, 'UTC'), {from:DateTime64(3, 'UTC')})
      AND window_start < {to:DateTime64(3, 'UTC')}
  )
)
GROUP BY point, instance_id
ORDER BY point_at, instance_id;
