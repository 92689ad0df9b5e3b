-- Reads the requests that run now, what each does, and the statement it is in. Needs VIEW SERVER STATE: without it only
-- our own session is shown. Offsets are bytes into UTF-16, -1 is the end.
SELECT COALESCE(d.name, '') AS database_name, r.status, r.wait_type, r.blocking_session_id, r.wait_time,
  SUBSTRING(t.text, r.statement_start_offset / 2 + 1,
    (CASE r.statement_end_offset WHEN -1 THEN DATALENGTH(t.text) ELSE r.statement_end_offset END
      - r.statement_start_offset) / 2 + 1) AS text
FROM sys.dm_exec_requests AS r
JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
LEFT JOIN sys.databases AS d ON d.database_id = r.database_id
OUTER APPLY sys.dm_exec_sql_text(r.sql_handle) AS t
WHERE s.is_user_process = 1 AND COALESCE(s.program_name, '') <> 'plumbline'
