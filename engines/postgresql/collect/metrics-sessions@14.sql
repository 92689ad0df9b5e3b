-- Reads session times of all databases together (14+). No privilege.
SELECT name AS metric, value::text, 'us' AS unit, true AS is_counter FROM (
  SELECT sum(active_time) AS active, sum(idle_in_transaction_time) AS idle FROM pg_stat_database
) AS d CROSS JOIN LATERAL (VALUES
  ('database.active_time_us', round(d.active::numeric * 1000)),
  ('database.idle_in_transaction_time_us', round(d.idle::numeric * 1000))
) AS m (name, value)
