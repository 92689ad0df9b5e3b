-- How loaded was an instance over time?
-- instance_id: '' for all, a row each. from, to: the span, by each window's start. step_s: seconds per point; 3600 at
-- least for a span over 48 hours. Steps of whole minutes are read from minutes (kept 400 days), with the span widened to
-- whole ones; others exactly, from the windows (kept 35 days).
-- load: statements running at once on average. Statements run inside functions are left out.
CREATE OR REPLACE VIEW instance_series AS
WITH
  dateDiff('second', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) > 172800 AS is_long,
  -- From an hour up a step is of whole minutes, so that a long span never reads windows.
  if(
    is_long OR {step_s:UInt32} >= 3600,
    intDiv(greatest(3600, {step_s:UInt32}) + 59, 60) * 60,
    greatest(1, {step_s:UInt32})
  ) AS step,
  step % 60 = 0 AS is_of_minutes
SELECT
  toDateTime64(toStartOfInterval(started_at, toIntervalSecond(step)), 3, 'UTC') AS point_at,
  instance_id,
  sum(w_calls) AS calls,
  sum(w_time_us) / 1e6 / any(step) AS load,
  ifNotFinite(sum(w_time_us) / calls, 0) AS mean_time_us
FROM (
  SELECT
    instance_id, toDateTime64(minute_start, 3, 'UTC') AS started_at, toFloat64(calls) AS w_calls,
    toFloat64(total_time_us) AS w_time_us
  FROM instance_minutes
  WHERE is_of_minutes AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
    AND minute_start >= toStartOfMinute({from:DateTime64(3, 'UTC')}) AND minute_start < {to:DateTime64(3, 'UTC')}
  UNION ALL
  SELECT instance_id, window_start AS started_at, toFloat64(calls) AS w_calls, toFloat64(total_time_us) AS w_time_us
  FROM query_deltas
  WHERE NOT is_of_minutes AND is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
    AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
)
GROUP BY point_at, instance_id
ORDER BY point_at, instance_id;
