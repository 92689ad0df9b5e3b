-- Reads the sessions that run now: state, text (cut at 1,024 bytes), digest text and, where the consumer
-- events_waits_current is on, what each waits for. Needs SELECT ON performance_schema.*.
SELECT t.PROCESSLIST_ID AS session_id, t.PROCESSLIST_DB AS database_name, t.PROCESSLIST_STATE AS state,
  t.PROCESSLIST_INFO AS text,
  (SELECT MAX(s.DIGEST_TEXT) FROM performance_schema.events_statements_current AS s
    WHERE s.THREAD_ID = t.THREAD_ID AND s.NESTING_EVENT_LEVEL = 0 AND s.END_EVENT_ID IS NULL) AS digest_text,
  (SELECT MAX(w.EVENT_NAME) FROM performance_schema.events_waits_current AS w
    WHERE w.THREAD_ID = t.THREAD_ID AND w.END_EVENT_ID IS NULL) AS wait_event
FROM performance_schema.threads AS t
WHERE t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID()
  AND t.PROCESSLIST_COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')
