-- Reads when the server started, by its local clock. Needs VIEW SERVER STATE.
SELECT i.sqlserver_start_time, DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) AS local_offset_min,
  CAST(SERVERPROPERTY('ProductVersion') AS varchar(128)) AS server_version
FROM sys.dm_os_sys_info AS i
