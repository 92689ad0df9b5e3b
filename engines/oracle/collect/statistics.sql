-- Reads GV$SYS_TIME_MODEL, GV$SYSSTAT, GV$OSSTAT (no licence): what each instance counted since it started; each view
-- in its own unit (metric-formulas.ts). Needs READ.
SELECT inst_id AS instance_number, 'time_model' AS kind, stat_name AS name, value, value AS gauge FROM gv$sys_time_model
UNION ALL
SELECT inst_id AS instance_number, 'system' AS kind, name, value, value AS gauge FROM gv$sysstat
WHERE name IN ('user commits', 'user rollbacks', 'execute count', 'parse count (total)', 'parse count (hard)',
    'logons cumulative', 'physical read total bytes', 'physical write total bytes', 'redo size',
    'session logical reads', 'physical reads', 'CPU used by this session', 'sorts (disk)')
UNION ALL
SELECT inst_id AS instance_number, 'host' AS kind, stat_name AS name, value, value AS gauge FROM gv$osstat
WHERE stat_name IN ('BUSY_TIME', 'IDLE_TIME', 'IOWAIT_TIME', 'LOAD', 'NUM_CPUS', 'PHYSICAL_MEMORY_BYTES')
