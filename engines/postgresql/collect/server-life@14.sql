-- Reads when the server started and when its statistics were last discarded (a crash discards all at one moment).
SELECT pg_postmaster_start_time()::text AS started_at, coalesce(w.stats_reset::text, '') AS wal_reset,
  coalesce(b.stats_reset::text, '') AS writer_reset
FROM pg_stat_wal AS w, pg_stat_bgwriter AS b
