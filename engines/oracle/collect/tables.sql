-- Reads DBA_TABLES, DBA_TAB_MODIFICATIONS, DBA_USERS (12.1): tables that are not Oracle's own. Needs READ. Rows and
-- blocks are those of the last statistics; changes are counted since then, and written out every 15 minutes or so.
SELECT t.owner AS schema_name, t.table_name, t.num_rows, t.blocks,
  TO_CHAR(t.last_analyzed, 'YYYY-MM-DD"T"HH24:MI:SS') AS last_analyzed, m.inserts, m.updates, m.deletes
FROM dba_tables t
JOIN dba_users u ON u.username = t.owner
LEFT JOIN dba_tab_modifications m
  ON m.table_owner = t.owner AND m.table_name = t.table_name AND m.partition_name IS NULL
WHERE u.oracle_maintained = 'N' AND t.temporary = 'N'
