-- Reads counters of all databases together. No privilege. Times are ms and become whole µs.
SELECT name AS metric, value::text, unit, true AS is_counter FROM (
  SELECT sum(xact_commit) AS commits, sum(xact_rollback) AS rollbacks, sum(blks_read) AS read, sum(blks_hit) AS hit,
    sum(temp_bytes) AS temp, sum(deadlocks) AS deadlocks, sum(conflicts) AS conflicts,
    round(sum(blk_read_time) * 1000) AS read_us, round(sum(blk_write_time) * 1000) AS write_us
  FROM pg_stat_database
) AS d CROSS JOIN LATERAL (VALUES
  ('database.commits', d.commits::numeric, 'count'), ('database.rollbacks', d.rollbacks, 'count'),
  ('database.blocks_read', d.read, 'blocks'), ('database.blocks_hit', d.hit, 'blocks'),
  ('database.temp_bytes', d.temp, 'bytes'), ('database.deadlocks', d.deadlocks, 'count'),
  ('database.conflicts', d.conflicts, 'count'), ('database.read_time_us', d.read_us::numeric, 'us'),
  ('database.write_time_us', d.write_us::numeric, 'us')
) AS m (name, value, unit)
