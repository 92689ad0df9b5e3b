-- Reads when the server started and when its statistics were last discarded (13: no pg_stat_wal; the archiver's instead).
SELECT pg_postmaster_start_time()::text AS started_at, coalesce(w.stats_reset::text, '') AS wal_reset,
  coalesce(b.stats_reset::text, '') AS writer_reset
FROM pg_stat_archiver AS w, pg_stat_bgwriter AS b
