-- What reflections are there, what do they hold, are they used? instance_id: '' for all.
-- Only those in the newest snapshot of their instance. considered, matched, chosen: runs over the history that the engine
-- keeps. used_runs: runs that we saw answered from it, in the 35 days that single runs are kept. Nulls where unknown.
CREATE OR REPLACE VIEW reflections_latest AS
WITH used AS (
  SELECT instance_id, arrayJoin(reflection_ids) AS id, toFloat64(count()) AS runs, min(started_at) AS first_at, max(started_at) AS last_at
  FROM query_runs
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String}) AND notEmpty(reflection_ids)
  GROUP BY instance_id, id
)
SELECT
  s.instance_id AS instance_id,
  s.reflection_id AS reflection_id,
  s.reflection_name AS reflection_name,
  s.observed_at AS observed_at,
  s.kind AS kind,
  s.dataset_id AS dataset_id,
  s.dataset_name AS dataset_name,
  s.is_enabled AS is_enabled,
  s.can_accelerate AS can_accelerate,
  s.status AS status,
  s.display_columns AS display_columns,
  s.dimension_columns AS dimension_columns,
  s.measure_columns AS measure_columns,
  s.partition_columns AS partition_columns,
  s.sort_columns AS sort_columns,
  toFloat64(s.row_count) AS row_count,
  toFloat64(s.size_bytes) AS size_bytes,
  toFloat64(s.total_size_bytes) AS total_size_bytes,
  toFloat64(s.considered) AS considered,
  toFloat64(s.matched) AS matched,
  toFloat64(s.chosen) AS chosen,
  seen.first_seen_at AS first_seen_at,
  used.runs AS used_runs,
  if(used.runs = 0, NULL, used.first_at) AS first_used_at,
  if(used.runs = 0, NULL, used.last_at) AS last_used_at,
  s.failures AS failures,
  toFloat64(s.last_refresh_time_us) AS last_refresh_us,
  s.last_refreshed_at AS last_refreshed_at,
  s.expires_at AS expires_at
FROM reflection_snapshots AS s
INNER JOIN (
  SELECT instance_id, reflection_id, min(observed_at) AS first_seen_at
  FROM reflection_snapshots
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  GROUP BY instance_id, reflection_id
) AS seen ON seen.instance_id = s.instance_id AND seen.reflection_id = s.reflection_id
LEFT JOIN used ON used.instance_id = s.instance_id AND used.id = s.reflection_id
WHERE ({instance_id:String} = '' OR s.instance_id = {instance_id:String})
  AND (s.instance_id, s.observed_at) IN (
    SELECT instance_id, max(observed_at) FROM reflection_snapshots GROUP BY instance_id
  )
ORDER BY instance_id, dataset_name, reflection_name, reflection_id;
