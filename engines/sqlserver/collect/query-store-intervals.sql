-- Reads the intervals that may have grown since @since, and the newest id. Needs VIEW DATABASE STATE.
SELECT i.runtime_stats_interval_id, i.start_time, i.end_time
FROM sys.query_store_runtime_stats_interval AS i
WHERE i.end_time > @since
ORDER BY i.start_time
