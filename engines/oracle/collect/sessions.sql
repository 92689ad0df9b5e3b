-- Reads GV$SESSION (no licence): sessions of users that run or wait now, idle waits left out. Needs READ.
-- While STATE is not WAITING the session runs on a processor, and EVENT is only what it last waited for.
SELECT {{con_id of GV$SESSION | 0}} AS con_id, sql_id, state, wait_class, event
FROM gv$session
WHERE status = 'ACTIVE' AND type = 'USER' AND (module IS NULL OR module <> 'plumbline')
  AND NOT (state = 'WAITING' AND wait_class = 'Idle')
