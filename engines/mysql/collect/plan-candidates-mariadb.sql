-- Reads the costliest statements ({{limit}} of them) of which the history of some session still has the text: literals
-- stand in it, and it is used for EXPLAIN and nothing else. Needs the consumer events_statements_history.
SELECT d.SCHEMA_NAME AS schema_name, d.DIGEST AS digest, d.SUM_TIMER_WAIT AS timer_ps, d.DIGEST_TEXT AS digest_text,
  h.sample AS sample
FROM performance_schema.events_statements_summary_by_digest AS d
JOIN (SELECT CURRENT_SCHEMA, DIGEST, MAX(SQL_TEXT) AS sample FROM performance_schema.events_statements_history
  WHERE DIGEST IS NOT NULL AND LENGTH(SQL_TEXT) < {{longest_bytes}} GROUP BY CURRENT_SCHEMA, DIGEST) AS h
  ON h.DIGEST = d.DIGEST AND h.CURRENT_SCHEMA <=> d.SCHEMA_NAME
ORDER BY d.SUM_TIMER_WAIT DESC
LIMIT {{limit}}
