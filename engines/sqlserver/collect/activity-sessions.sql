-- Counts the sessions. Needs VIEW SERVER STATE.
SELECT CAST(COUNT(*) AS int) AS connected,
  CAST(COALESCE(SUM(CASE WHEN s.status = 'sleeping' AND s.open_transaction_count > 0 THEN 1 ELSE 0 END), 0) AS int)
    AS idle_in_transaction
FROM sys.dm_exec_sessions AS s
WHERE s.is_user_process = 1 AND COALESCE(s.program_name, '') <> 'plumbline'
