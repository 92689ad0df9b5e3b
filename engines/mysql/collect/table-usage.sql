-- Reads rows fetched and written per table and index since the start of the server. Rows and not statements: a full scan
-- of a table counts every row of it. Without an index: what was read by scans. Needs SELECT ON performance_schema.*.
SELECT OBJECT_SCHEMA AS schema_name, OBJECT_NAME AS table_name, INDEX_NAME AS index_name, COUNT_FETCH AS fetched,
  COUNT_INSERT AS inserted, COUNT_UPDATE AS updated, COUNT_DELETE AS deleted
FROM performance_schema.table_io_waits_summary_by_index_usage
WHERE OBJECT_TYPE = 'TABLE' AND COUNT_STAR > 0
  AND OBJECT_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
