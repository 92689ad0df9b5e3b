-- Reads DBA_HIST_SQLSTAT (Diagnostics Pack): what each statement and plan did in one snapshot of one instance. Needs READ.
-- Times are µs, reads are blocks. Partitioned by DBID and SNAP_ID: both are always given.
SELECT sql_id, plan_hash_value, {{con_dbid of DBA_HIST_SQLSTAT | dbid}} AS con_dbid, parsing_schema_name, module,
  executions_delta AS executions, elapsed_time_delta AS elapsed_us,
  cpu_time_delta AS cpu_us, iowait_delta AS io_wait_us, apwait_delta AS application_wait_us,
  ccwait_delta AS concurrency_wait_us, rows_processed_delta AS rows_processed,
  buffer_gets_delta AS buffer_gets, disk_reads_delta AS disk_reads,
  {{physical_read_bytes_delta of DBA_HIST_SQLSTAT | NULL}} AS physical_read_bytes,
  {{physical_write_bytes_delta of DBA_HIST_SQLSTAT | NULL}} AS physical_write_bytes
FROM dba_hist_sqlstat
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
