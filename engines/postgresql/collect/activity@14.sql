-- Reads the sessions that run now and what each waits for (14+: with the statement's id).
-- Needs pg_read_all_stats for other users' texts and waits.
SELECT coalesce(datname, '')::text AS database_name, coalesce(query_id::text, '') AS native_id, coalesce(query, '') AS text, coalesce(state, '') AS state,
  octet_length(query) >= pg_size_bytes(current_setting('track_activity_query_size')) - 4 AS is_cut,
  coalesce(wait_event_type, '')::text AS wait_type, coalesce(wait_event, '')::text AS wait_event
FROM pg_stat_activity
WHERE backend_type IN ('client backend', 'parallel worker') AND application_name <> 'plumbline'
  AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
