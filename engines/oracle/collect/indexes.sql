-- Reads DBA_INDEXES, DBA_USERS (12.1): indexes of tables that are not Oracle's own; sizes are those of the last
-- statistics. LOB and cluster indexes are left out: nobody makes or drops them. Needs READ.
SELECT i.owner AS index_owner, i.index_name, i.table_owner AS schema_name, i.table_name, i.index_type, i.uniqueness,
  i.status, i.visibility, i.leaf_blocks
FROM dba_indexes i
JOIN dba_users u ON u.username = i.table_owner
WHERE u.oracle_maintained = 'N' AND i.index_type NOT IN ('LOB', 'CLUSTER')
