-- Reads pg_stat_statements 1.11 (PostgreSQL 17+) without texts: the text file on disk is not touched.
-- Needs pg_read_all_stats for other users' statements. {{schema}} is the extension's schema. Times are ms, blocks block_size.
SELECT dbid::text, userid::text, toplevel AS is_toplevel, queryid::text, calls::text, plans::text,
  total_exec_time, mean_exec_time, stddev_exec_time, total_plan_time, rows::text,
  shared_blks_hit::text, shared_blks_read::text, shared_blks_written::text,
  local_blks_hit::text, local_blks_read::text, local_blks_written::text,
  temp_blks_read::text, temp_blks_written::text, wal_bytes::text,
  ARRAY[shared_blk_read_time, local_blk_read_time, temp_blk_read_time] AS read_times_ms,
  ARRAY[shared_blk_write_time, local_blk_write_time, temp_blk_write_time] AS write_times_ms,
  stats_since::text AS epoch
FROM {{schema}}.pg_stat_statements(false)
