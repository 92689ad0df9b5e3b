-- Reads DBA_HIST_SNAPSHOT (free of licence): snapshots of one DBID from a number on. Needs READ. Times are of the
-- server's clock at that moment; offset_s is its distance from UTC then. Another DBID is imported, and never asked for.
SELECT snap_id, instance_number, TO_CHAR(startup_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS startup_time,
  TO_CHAR(begin_interval_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS begin_time,
  TO_CHAR(end_interval_time, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') AS end_time,
  {{snap_flag of DBA_HIST_SNAPSHOT | 0}} AS snap_flag,
  EXTRACT(HOUR FROM snap_timezone) * 3600 + EXTRACT(MINUTE FROM snap_timezone) * 60 AS offset_s
FROM dba_hist_snapshot
WHERE dbid = :dbid AND snap_id >= :from_snap_id
ORDER BY snap_id, instance_number
