-- Reads DBA_HIST_WR_CONTROL (Diagnostics Pack): how often snapshots are taken. Needs READ.
SELECT EXTRACT(DAY FROM snap_interval) * 86400 + EXTRACT(HOUR FROM snap_interval) * 3600
    + EXTRACT(MINUTE FROM snap_interval) * 60 AS interval_s
FROM dba_hist_wr_control WHERE dbid = :dbid
