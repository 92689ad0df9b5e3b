-- Which queries came, and which stayed away, in the span?
-- instance_id: '' for all. from, to: the span; sums are of whole days. limit: rows wanted of each change, by time.
-- new: first seen in the span, on an instance that was watched for pattern_new_min_history_days before it. vanished: ran
-- on pattern_vanished_min_days or more of the pattern_history_days days before the span, not in it, and has now stayed
-- away for pattern_vanished_min_absence_ratio × its longest absence between those days; only on an instance where other
-- queries ran. calls, total_time_s, share_of_instance_time (0 to 1): of the span for a new query, of the days before it
-- for a vanished one; days_seen alike. Thresholds: analytics_thresholds_latest.
CREATE OR REPLACE VIEW query_turnover AS
WITH
  (SELECT mapFromArrays(groupArray(name), groupArray(value)) FROM analytics_thresholds FINAL) AS threshold,
  toDateTime64({from:DateTime64(3, 'UTC')} - toIntervalDay(toUInt32(threshold['pattern_history_days'])), 3, 'UTC') AS history_from,
  seen AS (
    SELECT
      instance_id,
      query_hash,
      argMax(database_name, total_time_us) AS main_database_name,
      toDateTime64(min(first_window_start), 3, 'UTC') AS first_at,
      toDateTime64(max(last_window_end), 3, 'UTC') AS last_at,
      arraySort(groupUniqArrayIf(toUInt32(day_start), is_before)) AS days_before,
      uniqExactIf(day_start, is_within) AS days_within,
      sumIf(toFloat64(calls), is_before) AS calls_before,
      sumIf(toFloat64(calls), is_within) AS calls_within,
      sumIf(toFloat64(total_time_us), is_before) AS time_before_us,
      sumIf(toFloat64(total_time_us), is_within) AS time_within_us,
      min(first_at) OVER (PARTITION BY instance_id) AS watched_since,
      max(last_at) OVER (PARTITION BY instance_id) AS watched_until,
      sum(time_before_us) OVER (PARTITION BY instance_id) AS instance_before_us,
      sum(time_within_us) OVER (PARTITION BY instance_id) AS instance_within_us
    FROM (
      SELECT
        *,
        day_start >= toDate({from:DateTime64(3, 'UTC')}) AS is_within,
        day_start >= toDate(history_from) AND first_window_start < {from:DateTime64(3, 'UTC')} AS is_before
      FROM query_daily
      WHERE is_nested = 0 AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND first_window_start < {to:DateTime64(3, 'UTC')}
    )
    GROUP BY instance_id, query_hash
  ),
  changed AS (
    SELECT
      *,
      multiIf(
        first_at >= {from:DateTime64(3, 'UTC')}
          AND watched_since <= {from:DateTime64(3, 'UTC')} - toIntervalDay(toUInt32(threshold['pattern_new_min_history_days'])),
        'new',
        last_at <= {from:DateTime64(3, 'UTC')} AND last_at > history_from AND watched_until > {from:DateTime64(3, 'UTC')}
          AND length(days_before) >= threshold['pattern_vanished_min_days']
          AND dateDiff('second', last_at, {to:DateTime64(3, 'UTC')})
            >= threshold['pattern_vanished_min_absence_ratio'] * 86400 * greatest(1, arrayMax(arrayDifference(days_before))),
        'vanished',
        ''
      ) AS change,
      change = 'new' AS is_new
    FROM seen
    WHERE notEmpty(threshold)
  ),
  dearest AS (
    SELECT * FROM changed WHERE change != ''
    ORDER BY if(is_new, time_within_us, time_before_us) DESC, instance_id, query_hash
    LIMIT {limit:UInt32} BY change
  )
SELECT
  dearest.instance_id AS instance_id,
  dearest.query_hash AS query_hash,
  dearest.change AS change,
  dearest.main_database_name AS database_name,
  texts.template AS template,
  texts.statement_class AS statement_class,
  dearest.first_at AS first_seen_at,
  dearest.last_at AS last_seen_at,
  toFloat64(if(dearest.is_new, dearest.days_within, length(dearest.days_before))) AS days_seen,
  if(dearest.is_new, dearest.calls_within, dearest.calls_before) AS calls,
  if(dearest.is_new, dearest.time_within_us, dearest.time_before_us) / 1e6 AS total_time_s,
  ifNotFinite(
    if(
      dearest.is_new,
      dearest.time_within_us / dearest.instance_within_us,
      dearest.time_before_us / dearest.instance_before_us
    ), 0
  ) AS share_of_instance_time
FROM dearest
LEFT JOIN (
  SELECT instance_id, query_hash, template, statement_class FROM queries FINAL
  WHERE {instance_id:String} = '' OR instance_id = {instance_id:String}
) AS texts ON texts.instance_id = dearest.instance_id AND texts.query_hash = dearest.query_hash
ORDER BY change, total_time_s DESC, instance_id, query_hash;
