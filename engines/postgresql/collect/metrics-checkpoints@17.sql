-- Reads checkpoint counters (17+). No privilege.
SELECT name AS metric, value::text, unit, true AS is_counter FROM pg_stat_checkpointer AS b CROSS JOIN LATERAL (VALUES
  ('checkpoints.timed', b.num_timed::numeric, 'count'), ('checkpoints.requested', b.num_requested::numeric, 'count'),
  ('checkpoints.write_time_us', round(b.write_time::numeric * 1000), 'us'),
  ('checkpoints.sync_time_us', round(b.sync_time::numeric * 1000), 'us'),
  ('checkpoints.blocks_written', b.buffers_written::numeric, 'blocks')
) AS m (name, value, unit)
