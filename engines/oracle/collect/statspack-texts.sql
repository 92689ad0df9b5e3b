-- Reads PERFSTAT.STATS$SQLTEXT: texts of up to 100 statements in pieces of 64 characters. Needs READ.
SELECT sql_id, piece, sql_text FROM perfstat.stats$sqltext WHERE sql_id IN ({{ids}}) ORDER BY sql_id, piece
