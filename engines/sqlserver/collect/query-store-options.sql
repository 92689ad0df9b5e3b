-- Reads the state of Query Store in this database (2016: it knows no waits). Needs VIEW DATABASE STATE.
SELECT o.actual_state, o.desired_state, o.readonly_reason, o.current_storage_size_mb, o.max_storage_size_mb,
  o.interval_length_minutes, o.flush_interval_seconds, o.query_capture_mode, CAST(0 AS int) AS wait_stats_capture_mode,
  SYSDATETIMEOFFSET() AS server_now
FROM sys.database_query_store_options AS o
