-- Reads DBA_IND_COLUMNS, DBA_IND_EXPRESSIONS, DBA_USERS (12.1): what the indexes are made of, in order. Needs READ.
SELECT c.index_owner, c.index_name, c.column_name, c.column_position, c.descend, e.column_expression
FROM dba_ind_columns c
JOIN dba_users u ON u.username = c.table_owner
LEFT JOIN dba_ind_expressions e
  ON e.index_owner = c.index_owner AND e.index_name = c.index_name AND e.column_position = c.column_position
WHERE u.oracle_maintained = 'N'
