-- When is an instance busy? One row per hour of the week that was watched, over all its weeks in the span.
-- Parameters as of workload_hours. hour_of_week: 0 is Monday 00:00 to 01:00 UTC, 167 Sunday 23:00.
-- load: statements running at once on average; mean_load: of all the instance's rows. watched_hours: how many hours this
-- slot is made of. is_peak: load is at least pattern_peak_ratio × mean_load, from pattern_min_hours slots on
-- (analytics_thresholds_latest).
CREATE OR REPLACE VIEW workload_profile AS
WITH (SELECT mapFromArrays(groupArray(name), groupArray(value)) FROM analytics_thresholds FINAL) AS threshold
SELECT
  instance_id,
  hour_of_week,
  slot_hours AS watched_hours,
  slot_load AS load,
  slot_calls_per_s AS calls_per_s,
  avg(slot_load) OVER (PARTITION BY instance_id) AS mean_load,
  toUInt8(
    mapContains(threshold, 'pattern_peak_ratio') AND slot_load > 0
    AND slot_load >= threshold['pattern_peak_ratio'] * mean_load
    AND count() OVER (PARTITION BY instance_id) >= threshold['pattern_min_hours']
  ) AS is_peak
FROM (
  SELECT
    instance_id,
    hour_of_week,
    toFloat64(count()) AS slot_hours,
    sum(total_time_s) / sum(watched_s) AS slot_load,
    sum(calls) / sum(watched_s) AS slot_calls_per_s
  FROM workload_hours(
    instance_id = {instance_id:String}, database_name = {database_name:String},
    from = {from:DateTime64(3, 'UTC')}, to = {to:DateTime64(3, 'UTC')}
  )
  GROUP BY instance_id, hour_of_week
)
ORDER BY instance_id, hour_of_week;
