-- Reads DBA_CONSTRAINTS, DBA_CONS_COLUMNS, DBA_USERS (12.1): what must keep its index: primary keys, unique and foreign
-- keys (without an index a delete of the parent locks the child). Needs READ.
SELECT k.owner AS schema_name, k.table_name, k.constraint_name, k.constraint_type, k.index_owner, k.index_name,
  c.column_name, c.position
FROM dba_constraints k
JOIN dba_cons_columns c ON c.owner = k.owner AND c.constraint_name = k.constraint_name
JOIN dba_users u ON u.username = k.owner
WHERE u.oracle_maintained = 'N' AND k.constraint_type IN ('P', 'U', 'R')
