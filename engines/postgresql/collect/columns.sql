-- Reads columns of user tables of this database with their statistics, never values. pg_stats shows only tables the
-- role may SELECT from.
SELECT n.nspname::text AS schema_name, c.relname::text AS table_name, a.attname::text AS column_name, a.attnum::int AS ordinal,
  format_type(a.atttypid, a.atttypmod) AS data_type, NOT a.attnotnull AS is_nullable,
  s.n_distinct::float8 AS n_distinct, s.null_frac::float8 AS null_ratio, s.avg_width::int AS average_width_bytes,
  s.correlation::float8 AS correlation
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
  AND s.inherited = (c.relkind = 'p')
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
