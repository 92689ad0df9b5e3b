-- MariaDB: reads what each statement that a session has prepared was run for, in picoseconds. Its digests do not count
-- them. A statement that the session closed is gone. Named ones (PREPARE … FROM) are in the digests, as EXECUTE.
SELECT CONCAT(p.OBJECT_INSTANCE_BEGIN, '.', p.OWNER_THREAD_ID, '.', p.STATEMENT_ID) AS prepared_id,
  t.PROCESSLIST_DB AS schema_name, p.COUNT_EXECUTE AS calls, p.SUM_TIMER_EXECUTE AS timer_ps,
  p.MIN_TIMER_EXECUTE AS least_ps, p.MAX_TIMER_EXECUTE AS most_ps, p.SUM_LOCK_TIME AS lock_ps, 0 AS cpu_ps,
  p.SUM_ERRORS AS errors, p.SUM_ROWS_AFFECTED AS rows_affected, p.SUM_ROWS_SENT AS rows_sent,
  p.SUM_ROWS_EXAMINED AS rows_examined
FROM performance_schema.prepared_statements_instances AS p
LEFT JOIN performance_schema.threads AS t ON t.THREAD_ID = p.OWNER_THREAD_ID
WHERE p.STATEMENT_NAME IS NULL AND p.COUNT_EXECUTE > 0
