-- Reads DBA_TAB_COLUMNS, DBA_TAB_COL_STATISTICS, DBA_TABLES, DBA_USERS (12.1): columns and their statistics, never
-- values (LOW_VALUE and HIGH_VALUE are not read). Needs READ.
SELECT c.owner AS schema_name, c.table_name, c.column_name, c.column_id, c.data_type, c.data_length,
  c.data_precision, c.data_scale, c.nullable, s.num_distinct, s.num_nulls, s.avg_col_len, t.num_rows
FROM dba_tab_columns c
JOIN dba_tables t ON t.owner = c.owner AND t.table_name = c.table_name
JOIN dba_users u ON u.username = c.owner
LEFT JOIN dba_tab_col_statistics s
  ON s.owner = c.owner AND s.table_name = c.table_name AND s.column_name = c.column_name
WHERE u.oracle_maintained = 'N' AND t.temporary = 'N' AND c.column_id IS NOT NULL
