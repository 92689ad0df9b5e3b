-- Reads GV$SQLSTATS: texts of up to 100 statements that are still cached. Needs READ.
SELECT sql_id, sql_fulltext AS sql_text FROM gv$sqlstats WHERE sql_id IN ({{ids}})
