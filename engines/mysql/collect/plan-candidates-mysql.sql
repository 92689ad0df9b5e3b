-- Reads the costliest statements ({{limit}} of them) with the sample the server keeps of each: literals stand in it, and
-- it is used for EXPLAIN and nothing else. A sample of full length may be cut.
SELECT SCHEMA_NAME AS schema_name, DIGEST AS digest, SUM_TIMER_WAIT AS timer_ps, DIGEST_TEXT AS digest_text,
  QUERY_SAMPLE_TEXT AS sample
FROM performance_schema.events_statements_summary_by_digest
WHERE DIGEST IS NOT NULL AND LENGTH(QUERY_SAMPLE_TEXT) < {{longest_bytes}}
ORDER BY SUM_TIMER_WAIT DESC
LIMIT {{limit}}
