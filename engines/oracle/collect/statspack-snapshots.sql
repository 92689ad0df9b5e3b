-- Reads PERFSTAT.STATS$SNAPSHOT: Statspack's snapshots from a number on. Needs READ. Dates are of the server's clock.
SELECT snap_id, instance_number, TO_CHAR(snap_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS end_time,
  TO_CHAR(startup_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS startup_time
FROM perfstat.stats$snapshot
WHERE dbid = :dbid AND snap_id >= :from_snap_id
ORDER BY snap_id, instance_number
