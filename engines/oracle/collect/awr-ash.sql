-- Reads DBA_HIST_ACTIVE_SESS_HISTORY (Diagnostics Pack): samples of one snapshot of one instance, counted. Needs READ.
-- One of ten of the one-second samples is kept: each row stands for 10 s of one session.
SELECT sql_id, {{con_dbid of DBA_HIST_ACTIVE_SESS_HISTORY | dbid}} AS con_dbid, session_state, wait_class, event,
  COUNT(*) AS samples
FROM dba_hist_active_sess_history
WHERE dbid = :dbid AND snap_id = :snap_id AND instance_number = :instance_number
  AND (module IS NULL OR module <> 'plumbline')
GROUP BY sql_id, {{con_dbid of DBA_HIST_ACTIVE_SESS_HISTORY | dbid}}, session_state, wait_class, event
