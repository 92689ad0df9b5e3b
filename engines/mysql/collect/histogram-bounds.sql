-- Reads the bounds of all 450 buckets, the same for every digest, in picoseconds.
SELECT BUCKET_NUMBER AS bucket, BUCKET_TIMER_LOW AS low_ps, BUCKET_TIMER_HIGH AS high_ps
FROM performance_schema.events_statements_histogram_global
