-- Reads the cached statements that took most time since they were compiled, without their text. µs; times of day are the
-- server's local ones. Needs VIEW SERVER STATE.
SELECT s.sql_handle, s.plan_handle, s.statement_start_offset, s.statement_end_offset, s.query_hash, s.query_plan_hash,
  s.total_elapsed_time, s.last_execution_time, DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS local_offset_min
FROM sys.dm_exec_query_stats AS s
ORDER BY s.total_elapsed_time DESC
OFFSET 0 ROWS FETCH NEXT @most ROWS ONLY
