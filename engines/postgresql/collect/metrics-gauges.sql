-- Reads what is now, not what was counted. pg_database_size needs CONNECT on the database or pg_read_all_stats.
SELECT 'database.size_bytes' AS metric, coalesce(sum(pg_database_size(oid)), 0)::text AS value, 'bytes' AS unit,
  false AS is_counter
FROM pg_database WHERE datallowconn
  AND (has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE'))
UNION ALL
SELECT 'sessions.connected', coalesce(sum(numbackends), 0)::text, 'count', false FROM pg_stat_database
