-- Reads PERFSTAT.STATS$SNAPSHOT: the newest snapshot of each instance. Needs READ.
SELECT snap_id, instance_number, TO_CHAR(snap_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS end_time,
  TO_CHAR(startup_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS startup_time
FROM perfstat.stats$snapshot s
WHERE dbid = :dbid AND snap_id = (SELECT MAX(l.snap_id) FROM perfstat.stats$snapshot l
  WHERE l.dbid = s.dbid AND l.instance_number = s.instance_number)
ORDER BY instance_number
