-- Reads the indexes that the optimizer missed on the user tables of this database, at most 600 of the whole server, counted
-- since it started or the table's indexes changed. Needs VIEW SERVER STATE (2022 and later: VIEW SERVER PERFORMANCE STATE).
SELECT s.name AS schema_name, t.name AS table_name, COALESCE(d.equality_columns, '') AS equality_columns,
  COALESCE(d.inequality_columns, '') AS inequality_columns, COALESCE(d.included_columns, '') AS included_columns,
  CAST(g.user_seeks + g.user_scans AS varchar(40)) AS uses, g.avg_total_user_cost AS average_cost,
  g.avg_user_impact AS impact_percent
FROM sys.dm_db_missing_index_details AS d
JOIN sys.dm_db_missing_index_groups AS m ON m.index_handle = d.index_handle
JOIN sys.dm_db_missing_index_group_stats AS g ON g.group_handle = m.index_group_handle
JOIN sys.tables AS t ON t.object_id = d.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE d.database_id = DB_ID() AND t.is_ms_shipped = 0
