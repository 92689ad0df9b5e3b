-- How is every instance: how loaded, what is open, is collection healthy?
-- from, to: the span, widened to whole minutes at both ends (kept 400 days), by each window's start.
-- load: statements running at once on average, total time / span. Statements run inside functions are left out, they
-- are in their caller's time. open_recommendations: proposed, accepted or started. aspects_not_ok: degraded, denied,
-- failed or backing off.
CREATE OR REPLACE VIEW fleet AS
WITH
  used AS (
    SELECT instance_id, sum(toFloat64(calls)) AS used_calls, sum(toFloat64(total_time_us)) / 1e6 AS used_time_s
    FROM instance_minutes
    WHERE is_nested = 0
      AND minute_start >= toStartOfMinute({from:DateTime64(3, 'UTC')}) AND minute_start < {to:DateTime64(3, 'UTC')}
    GROUP BY instance_id
  ),
  regressed AS (
    SELECT instance_id, count() AS open_count FROM regressions_latest(instance_id = '', state = 'open') GROUP BY instance_id
  ),
  advised AS (
    SELECT instance_id, countIf(state IN ('proposed', 'accepted', 'started')) AS open_count
    FROM recommendations_latest(instance_id = '', state = '') GROUP BY instance_id
  ),
  collected AS (
    SELECT
      instance_id,
      countIf(state IN ('degraded', 'denied', 'failed', 'backing_off')) AS not_ok,
      max(observed_at) AS newest_at
    FROM aspects_latest(instance_id = '') GROUP BY instance_id
  )
SELECT
  instances.instance_id AS instance_id,
  instances.engine AS engine,
  instances.engine_label AS engine_label,
  instances.server_version AS server_version,
  used.used_calls AS calls,
  used.used_time_s AS total_time_s,
  used.used_time_s / greatest(
    1,
    dateDiff(
      'second',
      toStartOfMinute({from:DateTime64(3, 'UTC')}),
      toStartOfMinute({to:DateTime64(3, 'UTC')} + INTERVAL 59999 MILLISECOND)
    )
  ) AS load,
  toFloat64(regressed.open_count) AS open_regressions,
  toFloat64(advised.open_count) AS open_recommendations,
  toFloat64(collected.not_ok) AS aspects_not_ok,
  greatest(instances.observed_at, collected.newest_at) AS last_seen_at
FROM (SELECT * FROM instances FINAL) AS instances
LEFT JOIN used ON used.instance_id = instances.instance_id
LEFT JOIN regressed ON regressed.instance_id = instances.instance_id
LEFT JOIN advised ON advised.instance_id = instances.instance_id
LEFT JOIN collected ON collected.instance_id = instances.instance_id
ORDER BY load DESC, instance_id;
