-- Reads how long statements waited in the given intervals, by category (2017+); several rows each while an interval is
-- open. Times are ms, though those of runs are µs. Needs VIEW DATABASE STATE.
SELECT w.plan_id, w.runtime_stats_interval_id, w.wait_category, w.wait_category_desc, w.total_query_wait_time_ms,
  q.query_hash, q.query_text_id
FROM sys.query_store_wait_stats AS w
JOIN sys.query_store_plan AS p ON p.plan_id = w.plan_id
JOIN sys.query_store_query AS q ON q.query_id = p.query_id
WHERE q.is_internal_query = 0 AND w.runtime_stats_interval_id BETWEEN @first AND @last
