-- Reads the plans that took most time in the intervals since @since, without their text. avg_duration is µs.
-- Needs VIEW DATABASE STATE.
SELECT p.plan_id, p.query_plan_hash, q.query_hash, q.query_text_id,
  SUM(s.avg_duration * s.count_executions) AS total_us, MAX(s.last_execution_time) AS last_execution_time
FROM sys.query_store_runtime_stats AS s
JOIN sys.query_store_runtime_stats_interval AS i ON i.runtime_stats_interval_id = s.runtime_stats_interval_id
JOIN sys.query_store_plan AS p ON p.plan_id = s.plan_id
JOIN sys.query_store_query AS q ON q.query_id = p.query_id
WHERE i.end_time > @since AND q.is_internal_query = 0
GROUP BY p.plan_id, p.query_plan_hash, q.query_hash, q.query_text_id
ORDER BY total_us DESC
OFFSET 0 ROWS FETCH NEXT @most ROWS ONLY
