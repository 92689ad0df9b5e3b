-- Reads the texts of the given digests ({{digests}}), literals already out. Needs SELECT ON performance_schema.*.
SELECT SCHEMA_NAME AS schema_name, DIGEST AS digest, DIGEST_TEXT AS digest_text
FROM performance_schema.events_statements_summary_by_digest
WHERE DIGEST IN ({{digests}})
