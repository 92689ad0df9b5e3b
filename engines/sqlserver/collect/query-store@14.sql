-- Reads what plans did in the given intervals (2017+: with log and tempdb), several rows each while an interval is open:
-- one is on disk, the others in memory. Times are µs, I/O 8-KB pages, log bytes. Needs VIEW DATABASE STATE.
SELECT s.plan_id, s.runtime_stats_interval_id, s.execution_type, s.count_executions, s.avg_duration, s.stdev_duration,
  s.min_duration, s.max_duration, s.avg_cpu_time, s.avg_logical_io_reads, s.avg_logical_io_writes,
  s.avg_physical_io_reads, s.avg_rowcount, s.avg_log_bytes_used, s.avg_tempdb_space_used,
  p.query_plan_hash, q.query_hash, q.query_text_id
FROM sys.query_store_runtime_stats AS s
JOIN sys.query_store_plan AS p ON p.plan_id = s.plan_id
JOIN sys.query_store_query AS q ON q.query_id = p.query_id
WHERE q.is_internal_query = 0 AND s.runtime_stats_interval_id BETWEEN @first AND @last
