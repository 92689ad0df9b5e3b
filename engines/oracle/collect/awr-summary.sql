-- Reads DBA_HIST_SYSMETRIC_SUMMARY (Diagnostics Pack): rates that the server worked out itself, minute by minute, over
-- one snapshot. Each in its METRIC_UNIT. Needs READ.
SELECT metric_name, average, maxval FROM dba_hist_sysmetric_summary
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
  AND metric_name IN ('SQL Service Response Time', 'Session Count', 'Buffer Cache Hit Ratio',
    'Average Synchronous Single-Block Read Latency')
