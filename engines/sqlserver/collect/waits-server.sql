-- Reads how long the server has waited, by wait type, since it started. Times are ms. Needs VIEW SERVER STATE.
SELECT w.wait_type, w.waiting_tasks_count, w.wait_time_ms, w.signal_wait_time_ms
FROM sys.dm_os_wait_stats AS w
WHERE w.wait_time_ms > 0
