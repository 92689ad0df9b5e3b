-- Reads the costliest statements of this database ($1 of them), without texts. Needs pg_read_all_stats.
-- {{schema}} is the extension's schema. Total time is since the last reset; the caller takes the difference.
SELECT userid::text, queryid::text, sum(total_exec_time)::float8 AS total_ms
FROM {{schema}}.pg_stat_statements(false)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL
GROUP BY 1, 2
ORDER BY total_ms DESC
LIMIT $1
