-- Reads the longest digest texts, to tell how many statements the server stopped reading before their end (1,000 at most).
SELECT DIGEST_TEXT AS digest_text FROM performance_schema.events_statements_summary_by_digest
WHERE LENGTH(DIGEST_TEXT) >= {{least_bytes}}
LIMIT 1000
