-- Reads state and counters of user tables of this database. No privilege. A table under an exclusive lock is not
-- touched: its size is then the planner's number of pages.
SELECT s.relid::text AS oid, s.schemaname::text AS schema_name, s.relname::text AS table_name,
  CASE WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL ELSE c.reltuples::float8 END AS estimated_rows,
  s.n_live_tup::text AS live_rows, s.n_dead_tup::text AS dead_rows, s.n_mod_since_analyze::text AS modified_rows,
  (CASE WHEN l.relation IS NULL THEN pg_relation_size(s.relid)
    ELSE c.relpages::bigint * current_setting('block_size')::int END)::text AS size_bytes,
  s.seq_scan::text, s.seq_tup_read::text, coalesce(s.idx_scan, 0)::text AS idx_scan,
  s.n_tup_ins::text, s.n_tup_upd::text, s.n_tup_del::text,
  coalesce(greatest(s.last_analyze, s.last_autoanalyze)::text, '') AS analyzed_at,
  coalesce(greatest(s.last_vacuum, s.last_autovacuum)::text, '') AS vacuumed_at
FROM pg_stat_user_tables s
JOIN pg_class c ON c.oid = s.relid
LEFT JOIN (SELECT DISTINCT relation FROM pg_locks
  WHERE mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) l
  ON l.relation = s.relid
WHERE c.relpersistence <> 't'
