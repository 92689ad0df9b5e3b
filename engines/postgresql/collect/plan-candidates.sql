-- Reads the costliest statements of this database, with texts ($1 of them). Needs pg_read_all_stats.
-- {{schema}} is the extension's schema. Total time is since the last reset; the caller takes the difference.
SELECT userid::text, queryid::text, sum(total_exec_time)::float8 AS total_ms, max(query) AS text
FROM {{schema}}.pg_stat_statements(true)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL
  AND query !~* '^\s*/\* plumbline \*/' AND query ~* '^\s*(/\*.*?\*/\s*)*(select|with|insert|update|delete|merge|values)\y'
GROUP BY 1, 2
ORDER BY total_ms DESC
LIMIT $1
