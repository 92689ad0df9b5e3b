-- Reads the columns of all indexes of the user tables of this database, in their order. Needs VIEW DEFINITION.
SELECT x.object_id, x.index_id, c.name AS column_name, CAST(x.is_included_column AS int) AS is_included,
  CAST(x.is_descending_key AS int) AS is_descending, CAST(x.key_ordinal AS int) AS key_ordinal
FROM sys.index_columns AS x
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
JOIN sys.tables AS t ON t.object_id = x.object_id
WHERE t.is_ms_shipped = 0
ORDER BY x.object_id, x.index_id, x.is_included_column, x.key_ordinal, x.index_column_id
