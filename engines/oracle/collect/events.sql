-- Reads GV$SYSTEM_EVENT (no licence): waits of foreground sessions since each instance started. Cumulative µs. Needs READ.
SELECT inst_id AS instance_number, event AS event_name, wait_class, total_waits_fg AS waits,
  time_waited_micro_fg AS waited_us
FROM gv$system_event
WHERE wait_class <> 'Idle'
