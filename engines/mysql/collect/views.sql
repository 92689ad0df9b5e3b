-- Reads which names are views: their columns are no columns of a table.
SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name FROM information_schema.VIEWS
WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
