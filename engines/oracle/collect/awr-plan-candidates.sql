-- Reads DBA_HIST_SQLSTAT (Diagnostics Pack): statements and plans that took most time in the latest snapshots. Needs READ.
SELECT sql_id, plan_hash_value, MIN(instance_number) AS inst_id, SUM(elapsed_time_delta) AS elapsed_us
FROM dba_hist_sqlstat
WHERE dbid = :dbid AND snap_id > :from_snap_id AND plan_hash_value > 0
  AND (module IS NULL OR module <> 'plumbline')
GROUP BY sql_id, plan_hash_value
ORDER BY SUM(elapsed_time_delta) DESC NULLS LAST
FETCH FIRST :most ROWS ONLY
