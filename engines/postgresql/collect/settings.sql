-- Reads the server's settings as a new session would have them; ours differ only for our session. Hidden ones need
-- pg_read_all_settings.
SELECT name, CASE WHEN source IN ('session', 'client') THEN reset_val ELSE setting END AS value,
  coalesce(unit, '') AS unit, CASE WHEN source IN ('session', 'client') THEN 'default' ELSE source END AS source,
  context, vartype, pending_restart
FROM pg_settings
WHERE name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone')
  AND name NOT LIKE 'transaction\_%' AND name <> 'in_hot_standby'
