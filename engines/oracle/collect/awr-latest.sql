-- Reads DBA_HIST_SNAPSHOT (free of licence): the newest snapshot of each instance of one DBID. Needs READ.
SELECT snap_id, instance_number, TO_CHAR(startup_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS startup_time,
  TO_CHAR(begin_interval_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS begin_time,
  TO_CHAR(end_interval_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS end_time,
  {{snap_flag of DBA_HIST_SNAPSHOT | 0}} AS snap_flag,
  EXTRACT(HOUR FROM snap_timezone) * 3600 + EXTRACT(MINUTE FROM snap_timezone) * 60 AS offset_s
FROM dba_hist_snapshot s
WHERE dbid = :dbid AND snap_id = (SELECT MAX(l.snap_id) FROM dba_hist_snapshot l
  WHERE l.dbid = s.dbid AND l.instance_number = s.instance_number)
ORDER BY instance_number
