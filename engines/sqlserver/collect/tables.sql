-- Reads sizes and uses of the user tables of this database. Uses count statements since the server started; no row there
-- means none. Statistics times are the server's local ones. Needs VIEW DATABASE STATE and VIEW DEFINITION.
SELECT t.object_id, s.name AS schema_name, t.name AS table_name,
  CAST(COALESCE(z.live_rows, 0) AS varchar(40)) AS live_rows, CAST(COALESCE(z.pages, 0) AS varchar(40)) AS pages,
  CAST(COALESCE(u.scans, 0) AS varchar(40)) AS scans, CAST(COALESCE(u.seeks, 0) AS varchar(40)) AS seeks,
  CAST(COALESCE(u.updates, 0) AS varchar(40)) AS updates, x.estimated_rows, x.modified_rows, x.last_updated,
  DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS local_offset_min
FROM sys.tables AS t
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
LEFT JOIN (
  SELECT p.object_id, SUM(CASE WHEN p.index_id IN (0, 1) THEN p.row_count ELSE 0 END) AS live_rows,
    SUM(p.used_page_count) AS pages
  FROM sys.dm_db_partition_stats AS p GROUP BY p.object_id
) AS z ON z.object_id = t.object_id
LEFT JOIN (
  SELECT i.object_id, SUM(CASE WHEN i.index_id IN (0, 1) THEN i.user_scans ELSE 0 END) AS scans,
    SUM(CASE WHEN i.index_id IN (0, 1) THEN i.user_seeks ELSE i.user_seeks + i.user_scans END) AS seeks,
    SUM(CASE WHEN i.index_id IN (0, 1) THEN i.user_updates ELSE 0 END) AS updates
  FROM sys.dm_db_index_usage_stats AS i WHERE i.database_id = DB_ID() GROUP BY i.object_id
) AS u ON u.object_id = t.object_id
LEFT JOIN (
  SELECT a.object_id, MAX(f.rows) AS estimated_rows, MAX(f.modification_counter) AS modified_rows,
    MAX(f.last_updated) AS last_updated
  FROM sys.stats AS a CROSS APPLY sys.dm_db_stats_properties(a.object_id, a.stats_id) AS f GROUP BY a.object_id
) AS x ON x.object_id = t.object_id
WHERE t.is_ms_shipped = 0
