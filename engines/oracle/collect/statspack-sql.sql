-- Reads PERFSTAT.STATS$SQL_SUMMARY: cumulative counters of statements over the thresholds of one snapshot. Needs READ.
-- Times are µs, reads are blocks.
SELECT sql_id, old_hash_value, text_subset, module, executions, elapsed_time AS elapsed_us, cpu_time AS cpu_us,
  user_io_wait_time AS io_wait_us, application_wait_time AS application_wait_us,
  concurrency_wait_time AS concurrency_wait_us, rows_processed, buffer_gets, disk_reads,
  NULL AS physical_read_bytes, NULL AS physical_write_bytes
FROM perfstat.stats$sql_summary
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
