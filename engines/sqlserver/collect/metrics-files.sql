-- Reads I/O of all files together since the server started. Times are ms. Needs VIEW SERVER STATE.
SELECT CAST(SUM(CAST(f.num_of_reads AS decimal(38, 0))) AS varchar(40)) AS reads,
  CAST(SUM(CAST(f.num_of_writes AS decimal(38, 0))) AS varchar(40)) AS writes,
  CAST(SUM(CAST(f.num_of_bytes_read AS decimal(38, 0))) AS varchar(40)) AS read_bytes,
  CAST(SUM(CAST(f.num_of_bytes_written AS decimal(38, 0))) AS varchar(40)) AS written_bytes,
  CAST(SUM(CAST(f.io_stall_read_ms AS decimal(38, 0))) AS varchar(40)) AS read_ms,
  CAST(SUM(CAST(f.io_stall_write_ms AS decimal(38, 0))) AS varchar(40)) AS write_ms
FROM sys.dm_io_virtual_file_stats(NULL, NULL) AS f
