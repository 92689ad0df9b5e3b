-- Reads DBA_HIST_SQLTEXT (Diagnostics Pack): texts of up to 100 statements of one DBID, each asked for once. Needs READ.
SELECT sql_id, sql_text FROM dba_hist_sqltext WHERE dbid = :dbid AND sql_id IN ({{ids}})
