-- Reads DBA_HIST_SYS_TIME_MODEL, DBA_HIST_SYSSTAT, DBA_HIST_OSSTAT (Diagnostics Pack): what one instance counted since
-- it started, as of one snapshot; each view in its own unit (metric-formulas.ts). Needs READ.
SELECT 'time_model' AS kind, stat_name AS name, value, value AS gauge FROM dba_hist_sys_time_model
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
UNION ALL
SELECT 'system' AS kind, stat_name AS name, value, value AS gauge FROM dba_hist_sysstat
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
  AND stat_name IN ('user commits', 'user rollbacks', 'execute count', 'parse count (total)',
    'parse count (hard)', 'logons cumulative', 'physical read total bytes', 'physical write total bytes',
    'redo size', 'session logical reads', 'physical reads', 'CPU used by this session', 'sorts (disk)')
UNION ALL
SELECT 'host' AS kind, stat_name AS name, value, value AS gauge FROM dba_hist_osstat
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
  AND stat_name IN ('BUSY_TIME', 'IDLE_TIME', 'IOWAIT_TIME', 'LOAD', 'NUM_CPUS', 'PHYSICAL_MEMORY_BYTES')
