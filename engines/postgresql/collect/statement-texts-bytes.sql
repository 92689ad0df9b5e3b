-- Reads the texts of the given statements as bytes, in a database with encoding SQL_ASCII, which checks and translates
-- nothing. {{schema}} is the extension's schema. A text over $2 bytes is cut and said to be.
SELECT dbid::text, userid::text, queryid::text, convert_to(left(query, $2), 'SQL_ASCII') AS bytes,
  coalesce(length(query) > $2, false) AS is_cut
FROM {{schema}}.pg_stat_statements(true)
WHERE queryid = ANY ($1::bigint[])
