-- Reads GV$SQLSTATS (no licence): cached statements and plans, active within the hour, that took most time. Needs READ.
SELECT sql_id, plan_hash_value, MIN(inst_id) AS inst_id, SUM(elapsed_time) AS elapsed_us
FROM gv$sqlstats
WHERE plan_hash_value > 0 AND last_active_time >= SYSDATE - NUMTODSINTERVAL(3600, 'SECOND')
GROUP BY sql_id, plan_hash_value
ORDER BY SUM(elapsed_time) DESC NULLS LAST
FETCH FIRST :most ROWS ONLY
