-- Reads checkpoint counters (13 to 16). No privilege.
SELECT name AS metric, value::text, unit, true AS is_counter FROM pg_stat_bgwriter AS b CROSS JOIN LATERAL (VALUES
  ('checkpoints.timed', b.checkpoints_timed::numeric, 'count'), ('checkpoints.requested', b.checkpoints_req::numeric, 'count'),
  ('checkpoints.write_time_us', round(b.checkpoint_write_time::numeric * 1000), 'us'),
  ('checkpoints.sync_time_us', round(b.checkpoint_sync_time::numeric * 1000), 'us'),
  ('checkpoints.blocks_written', b.buffers_checkpoint::numeric, 'blocks')
) AS m (name, value, unit)
