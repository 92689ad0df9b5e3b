-- Reads the counters of every statement in the plan cache (2019+: with spills), without texts. Times are µs since the
-- plan was compiled, I/O 8-KB pages; times of day are the server's local ones. Needs VIEW SERVER STATE.
SELECT s.sql_handle, s.plan_handle, s.statement_start_offset, s.statement_end_offset, s.creation_time,
  s.execution_count, s.total_elapsed_time, s.total_worker_time, s.total_logical_reads, s.total_logical_writes,
  s.total_physical_reads, s.total_rows, s.total_spills, s.query_hash, s.query_plan_hash,
  DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS local_offset_min
FROM sys.dm_exec_query_stats AS s
