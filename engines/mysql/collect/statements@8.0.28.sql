-- MySQL 8.0.28 and later, with processor time (0 until the consumer events_statements_cpu is on). Without texts. All times are picoseconds. The row
-- without a digest holds what no longer found a place. Needs SELECT ON performance_schema.*.
SELECT SCHEMA_NAME AS schema_name, DIGEST AS digest, COUNT_STAR AS calls, SUM_TIMER_WAIT AS timer_ps,
  MIN_TIMER_WAIT AS least_ps, MAX_TIMER_WAIT AS most_ps, SUM_LOCK_TIME AS lock_ps, SUM_CPU_TIME AS cpu_ps, SUM_ERRORS AS errors,
  SUM_ROWS_AFFECTED AS rows_affected, SUM_ROWS_SENT AS rows_sent, SUM_ROWS_EXAMINED AS rows_examined,
  FIRST_SEEN AS first_seen
FROM performance_schema.events_statements_summary_by_digest
