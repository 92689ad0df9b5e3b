-- Reads I/O operations of client sessions (16+). No privilege.
SELECT name AS metric, value::text, unit, true AS is_counter FROM (
  SELECT coalesce(sum(reads), 0) AS reads, coalesce(sum(writes), 0) AS writes, coalesce(sum(extends), 0) AS extends,
    coalesce(sum(read_time), 0) AS read_ms, coalesce(sum(write_time), 0) AS write_ms
  FROM pg_stat_io WHERE backend_type = 'client backend'
) AS i CROSS JOIN LATERAL (VALUES
  ('io.client_reads', i.reads::numeric, 'count'), ('io.client_writes', i.writes::numeric, 'count'),
  ('io.client_extends', i.extends::numeric, 'count'),
  ('io.client_read_time_us', round(i.read_ms::numeric * 1000), 'us'),
  ('io.client_write_time_us', round(i.write_ms::numeric * 1000), 'us')
) AS m (name, value, unit)
