-- Reads DBA_HIST_SYSTEM_EVENT (Diagnostics Pack): waits of foreground sessions of one instance since it started, as of
-- one snapshot. Cumulative µs. Idle waits are left out. Needs READ.
SELECT event_name, wait_class, total_waits_fg AS waits, time_waited_micro_fg AS waited_us
FROM dba_hist_system_event
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number AND wait_class <> 'Idle'
