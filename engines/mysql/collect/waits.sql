-- Reads how long the server waited for each thing since its start, in picoseconds. Files and tables are counted by
-- default, mutexes are not. Needs SELECT ON performance_schema.*.
SELECT EVENT_NAME AS event_name, COUNT_STAR AS waits, SUM_TIMER_WAIT AS timer_ps
FROM performance_schema.events_waits_summary_global_by_event_name
WHERE COUNT_STAR > 0 AND EVENT_NAME <> 'idle'
