-- Reads write-ahead log counters (14+). No privilege.
SELECT name AS metric, value::text, unit, true AS is_counter FROM pg_stat_wal AS w CROSS JOIN LATERAL (VALUES
  ('wal.records', w.wal_records::numeric, 'count'), ('wal.full_page_images', w.wal_fpi::numeric, 'count'),
  ('wal.bytes', w.wal_bytes, 'bytes')
) AS m (name, value, unit)
