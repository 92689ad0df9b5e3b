-- Reads how long the database has waited, by wait type, since it moved or started (Azure SQL Database, which shows no
-- waits of the server). Times are ms. Needs VIEW DATABASE STATE.
SELECT w.wait_type, w.waiting_tasks_count, w.wait_time_ms, w.signal_wait_time_ms
FROM sys.dm_db_wait_stats AS w
WHERE w.wait_time_ms > 0
