-- Reads the texts of prepared statements, with the literals that stand in them; {{instances}} are their numbers.
SELECT CONCAT(OBJECT_INSTANCE_BEGIN, '.', OWNER_THREAD_ID, '.', STATEMENT_ID) AS prepared_id, SQL_TEXT AS text
FROM performance_schema.prepared_statements_instances
WHERE OBJECT_INSTANCE_BEGIN IN ({{instances}})
