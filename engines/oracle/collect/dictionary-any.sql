-- Reads DBA_TAB_COLUMNS: the same for a user with SELECT ANY DICTIONARY, whom ALL_TAB_COLUMNS may not show them. Needs READ.
SELECT owner, table_name, column_name FROM dba_tab_columns
WHERE owner IN ('SYS', 'PERFSTAT') AND table_name IN ({{views}})
