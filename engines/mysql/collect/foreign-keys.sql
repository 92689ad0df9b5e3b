-- Reads the columns of foreign keys: an index that begins with them, on either side, may not be dropped.
SELECT CONSTRAINT_SCHEMA AS key_schema, CONSTRAINT_NAME AS key_name, TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name,
  COLUMN_NAME AS column_name, REFERENCED_TABLE_SCHEMA AS parent_schema, REFERENCED_TABLE_NAME AS parent_table,
  REFERENCED_COLUMN_NAME AS parent_column
FROM information_schema.KEY_COLUMN_USAGE
WHERE REFERENCED_TABLE_NAME IS NOT NULL
  AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
ORDER BY CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
