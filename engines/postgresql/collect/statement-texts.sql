-- Reads the texts of the given statements: the whole text file on disk, so only for ids not yet known, and rarely.
-- {{schema}} is the extension's schema. A text over $2 characters is cut and said to be.
SELECT dbid::text, userid::text, queryid::text, left(query, $2) AS text, coalesce(length(query) > $2, false) AS is_cut
FROM {{schema}}.pg_stat_statements(true)
WHERE queryid = ANY ($1::bigint[])
