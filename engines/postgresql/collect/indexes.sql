-- Reads definitions, sizes and scans of user indexes of this database. No privilege. An index under an exclusive lock
-- is not touched: its size is then the planner's number of pages.
SELECT i.indexrelid::text AS oid, n.nspname::text AS schema_name, t.relname::text AS table_name, c.relname::text AS index_name,
  a.amname::text AS method, i.indisunique AS is_unique, i.indisvalid AND i.indisready AS is_valid,
  i.indisprimary OR i.indisexclusion OR i.indisreplident
    OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS backs_constraint,
  pg_get_indexdef(i.indexrelid) AS definition, coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
  i.indexprs IS NOT NULL AS has_expressions,
  ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) k ORDER BY k) AS key_columns,
  ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = i.indexrelid AND attnum > i.indnkeyatts ORDER BY attnum)
    AS included_columns,
  ARRAY(SELECT k = 0 FROM unnest(i.indkey::int2[]) k) AS is_expression,
  ARRAY(SELECT coalesce(b.attname::text, '') FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
    LEFT JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = k.attnum ORDER BY k.place) AS column_names,
  (CASE WHEN l.relation IS NULL THEN pg_relation_size(i.indexrelid)
    ELSE c.relpages::bigint * current_setting('block_size')::int END)::text AS size_bytes,
  coalesce(s.idx_scan, 0)::text AS scans
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am a ON a.oid = c.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
LEFT JOIN (SELECT DISTINCT relation FROM pg_locks
  WHERE mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) l
  ON l.relation = i.indexrelid
WHERE c.relkind = 'i' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%'
