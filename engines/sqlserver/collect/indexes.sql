-- Reads the indexes of the user tables of this database, without hypothetical ones. Uses count statements since the
-- server started. Needs VIEW DATABASE STATE and VIEW DEFINITION.
SELECT i.object_id, i.index_id, s.name AS schema_name, t.name AS table_name, i.name AS index_name,
  i.type_desc, CAST(i.is_unique AS int) AS is_unique, CAST(i.is_disabled AS int) AS is_disabled,
  CASE WHEN i.is_primary_key = 1 OR i.is_unique_constraint = 1 OR k.key_index_id IS NOT NULL THEN 1 ELSE 0 END
    AS backs_constraint,
  COALESCE(i.filter_definition, '') AS filter_definition, CAST(COALESCE(z.pages, 0) AS varchar(40)) AS pages,
  CAST(COALESCE(u.scans, 0) AS varchar(40)) AS scans
FROM sys.indexes AS i
JOIN sys.tables AS t ON t.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
LEFT JOIN (
  SELECT DISTINCT f.referenced_object_id, f.key_index_id FROM sys.foreign_keys AS f
) AS k ON k.referenced_object_id = i.object_id AND k.key_index_id = i.index_id
LEFT JOIN (
  SELECT p.object_id, p.index_id, SUM(p.used_page_count) AS pages
  FROM sys.dm_db_partition_stats AS p GROUP BY p.object_id, p.index_id
) AS z ON z.object_id = i.object_id AND z.index_id = i.index_id
LEFT JOIN (
  SELECT g.object_id, g.index_id, g.user_seeks + g.user_scans + g.user_lookups AS scans
  FROM sys.dm_db_index_usage_stats AS g WHERE g.database_id = DB_ID()
) AS u ON u.object_id = i.object_id AND u.index_id = i.index_id
WHERE t.is_ms_shipped = 0 AND i.index_id > 0 AND i.is_hypothetical = 0
