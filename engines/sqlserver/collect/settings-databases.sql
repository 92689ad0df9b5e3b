-- Reads options of the user databases that change how statements run. No privilege.
SELECT d.name AS database_name, d.compatibility_level, d.recovery_model_desc, d.snapshot_isolation_state_desc,
  CAST(d.is_read_committed_snapshot_on AS int) AS is_read_committed_snapshot_on,
  CAST(d.is_auto_create_stats_on AS int) AS is_auto_create_stats_on,
  CAST(d.is_auto_update_stats_on AS int) AS is_auto_update_stats_on,
  CAST(d.is_auto_update_stats_async_on AS int) AS is_auto_update_stats_async_on,
  CAST(d.is_parameterization_forced AS int) AS is_parameterization_forced,
  CAST(d.is_auto_close_on AS int) AS is_auto_close_on, CAST(d.is_auto_shrink_on AS int) AS is_auto_shrink_on
FROM sys.databases AS d
WHERE d.database_id > 4 AND d.database_id < 32761
