-- Has the work of an instance moved: the span against the same hours of the weeks before it?
-- instance_id: '' for all. database_name: '' for all its databases together. from, to: the span, at best a week; it is
-- compared with the pattern_shift_weeks weeks before `from`, only in hours of the week that are known on both sides.
-- shift_kind: level (load; moved_by is the larger divided by the smaller), profile (which hours are busy; moved_by is the
-- share of the load that lies in other hours), write_share (of calls that read or write; moved_by is the difference).
-- value_before, value_now: mean load; busiest hour of the week; share. usual_move: the farthest that one of the weeks
-- before lies from the others; null where there is but one. verdict: moved when moved_by is at least least_move and more
-- than usual_move, else steady; unknown below pattern_min_hours compared hours. Thresholds: analytics_thresholds_latest.
CREATE OR REPLACE VIEW workload_shifts AS
WITH
  (SELECT mapFromArrays(groupArray(name), groupArray(value)) FROM analytics_thresholds FINAL) AS threshold,
  slots AS (
    SELECT
      instance_id,
      -- 0 is the span itself, 1 the week before it, and so on.
      if(hour_at >= toStartOfHour({from:DateTime64(3, 'UTC')}), 0,
        intDiv(dateDiff('hour', hour_at, toStartOfHour({from:DateTime64(3, 'UTC')})) - 1, 168) + 1) AS week,
      hour_of_week,
      sum(total_time_s) AS time_s,
      sum(watched_s) AS known_s,
      sum(write_calls) AS writes,
      sum(read_calls) + writes AS reads_and_writes
    FROM workload_hours(
      instance_id = {instance_id:String}, database_name = {database_name:String},
      from = {from:DateTime64(3, 'UTC')} - toIntervalWeek(toUInt32(threshold['pattern_shift_weeks'])),
      to = {to:DateTime64(3, 'UTC')}
    )
    GROUP BY instance_id, week, hour_of_week
  ),
  -- Each week beside the pool of the other weeks before the span, hour by hour.
  compared AS (
    SELECT
      instance_id,
      week,
      hour_of_week,
      time_s / known_s AS load_here,
      (sumIf(time_s, week > 0) OVER slot - if(week > 0, time_s, 0))
        / (sumIf(known_s, week > 0) OVER slot - if(week > 0, known_s, 0)) AS load_there,
      writes,
      reads_and_writes,
      sumIf(writes, week > 0) OVER slot - if(week > 0, writes, 0) AS writes_there,
      sumIf(reads_and_writes, week > 0) OVER slot - if(week > 0, reads_and_writes, 0) AS reads_and_writes_there,
      countIf(week > 0) OVER slot - toUInt8(week > 0) > 0 AS is_comparable,
      uniqExactIf(week, week > 0) OVER (PARTITION BY instance_id) AS weeks
    FROM slots
    WINDOW slot AS (PARTITION BY instance_id, hour_of_week)
  ),
  weighed AS (
    SELECT
      instance_id,
      week,
      any(weeks) AS weeks_there,
      toFloat64(count()) AS hours,
      greatest(avg(load_here), threshold['pattern_min_load']) AS level,
      greatest(avg(load_there), threshold['pattern_min_load']) AS level_there,
      arrayJoin([
        (
          'level', level_there, level, greatest(level / level_there, level_there / level)
        ),
        (
          'profile',
          toFloat64(argMax(hour_of_week, load_there)),
          toFloat64(argMax(hour_of_week, load_here)),
          arraySum(arrayMap(
            (here, there) -> abs(ifNotFinite(here / arraySum(heres), 0) - ifNotFinite(there / arraySum(theres), 0)),
            groupArray(load_here) AS heres, groupArray(load_there) AS theres
          )) / 2
        ),
        (
          'write_share',
          ifNotFinite(sum(writes_there) / sum(reads_and_writes_there), 0) AS share_there,
          ifNotFinite(sum(writes) / sum(reads_and_writes), 0) AS share_here,
          abs(share_here - share_there)
        )
      ]) AS shift
    FROM compared
    WHERE is_comparable
    GROUP BY instance_id, week
  )
SELECT
  instance_id,
  shift.1 AS shift_kind,
  anyIf(shift.2, week = 0) AS value_before,
  anyIf(shift.3, week = 0) AS value_now,
  anyIf(shift.4, week = 0) AS moved_by,
  any(threshold[concat('pattern_shift_min_', shift.1)]) AS least_move,
  maxOrNullIf(shift.4, week > 0 AND hours >= threshold['pattern_min_hours']) AS usual_move,
  anyIf(hours, week = 0) AS compared_hours,
  toFloat64(any(weeks_there)) AS weeks_before,
  multiIf(
    empty(threshold) OR compared_hours < threshold['pattern_min_hours'], 'unknown',
    moved_by >= least_move AND moved_by > ifNull(usual_move, 0), 'moved',
    'steady'
  ) AS verdict
FROM weighed
GROUP BY instance_id, shift_kind
HAVING countIf(week = 0) > 0
ORDER BY instance_id, shift_kind;
