-- Reads ALL_TAB_COLUMNS: what this user may see of the views that the other statements name. Needs nothing.
SELECT owner, table_name, column_name FROM all_tab_columns
WHERE owner IN ('SYS', 'PERFSTAT') AND table_name IN ({{views}})
