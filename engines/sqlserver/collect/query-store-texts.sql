-- Reads the texts of the given statements: the dearest columns of Query Store, so only for ids not yet known. NULL for a
-- module that is encrypted. A text over @longest characters is cut and said to be. Needs VIEW DATABASE STATE.
SELECT t.query_text_id, SUBSTRING(t.query_sql_text, 1, @longest) AS text, DATALENGTH(t.query_sql_text) AS size_bytes
FROM sys.query_store_query_text AS t
WHERE t.query_text_id IN ({{ids}})
