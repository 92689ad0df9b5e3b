-- Reads GV$SQLSTATS (no licence): cumulative counters of cached statements by plan, those active lately. Needs READ.
-- Times are µs, reads are blocks. Unlike V$SQL it is made to be polled: no latch of the library cache is taken.
SELECT inst_id, {{con_id of GV$SQLSTATS | 0}} AS con_id, sql_id, plan_hash_value, executions,
  elapsed_time AS elapsed_us, cpu_time AS cpu_us, user_io_wait_time AS io_wait_us,
  application_wait_time AS application_wait_us, concurrency_wait_time AS concurrency_wait_us, rows_processed,
  buffer_gets, disk_reads, {{physical_read_bytes of GV$SQLSTATS | NULL}} AS physical_read_bytes,
  {{physical_write_bytes of GV$SQLSTATS | NULL}} AS physical_write_bytes
FROM gv$sqlstats
WHERE last_active_time >= SYSDATE - NUMTODSINTERVAL(:active_within_s, 'SECOND')
ORDER BY elapsed_time DESC NULLS LAST
FETCH FIRST :most ROWS ONLY
