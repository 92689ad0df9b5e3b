-- Reads ALL_TAB_COLUMNS: what this user may see of the views that the other statements name. Needs nothing.
SELECT owner, table_name, column_name FROM all_tab_columns
WHERE owner = 'SYS' AND (table_name LIKE 'V\_$%' ESCAPE '\' OR table_name LIKE 'GV\_$%' ESCAPE '\'
    OR table_name LIKE 'DBA\_HIST\_%' ESCAPE '\' OR table_name IN ('DBA_TABLES', 'DBA_INDEXES', 'DBA_IND_COLUMNS',
    'DBA_IND_EXPRESSIONS', 'DBA_CONSTRAINTS', 'DBA_CONS_COLUMNS', 'DBA_TAB_COLUMNS', 'DBA_TAB_COL_STATISTICS',
    'DBA_TAB_MODIFICATIONS', 'DBA_INDEX_USAGE', 'DBA_USERS'))
  OR owner = 'PERFSTAT' AND table_name LIKE 'STATS$%'
