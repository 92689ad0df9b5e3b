-- What each statement did in each window. One row per (instance, query, window, database, user, plan).
-- Ordered by query before time: a query's page reads one run of rows; whole-instance questions read the rollups.
CREATE TABLE IF NOT EXISTS {{table query_deltas}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash LowCardinality(String),
  window_start DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  window_end DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  database_name LowCardinality(String),
  user_name LowCardinality(String),
  native_id String CODEC(ZSTD(1)),
  is_nested UInt8,
  plan_hash LowCardinality(String),
  calls UInt64 CODEC(T64, ZSTD(1)),
  errors UInt64 CODEC(T64, ZSTD(1)),
  total_time_us UInt64 CODEC(T64, ZSTD(1)),
  sum_square_time_us2 Float64 CODEC(ZSTD(1)),
  plan_calls UInt64 CODEC(T64, ZSTD(1)),
  plan_time_us UInt64 CODEC(T64, ZSTD(1)),
  cpu_time_us UInt64 CODEC(T64, ZSTD(1)),
  io_read_time_us UInt64 CODEC(T64, ZSTD(1)),
  io_write_time_us UInt64 CODEC(T64, ZSTD(1)),
  lock_time_us UInt64 CODEC(T64, ZSTD(1)),
  rows_returned UInt64 CODEC(T64, ZSTD(1)),
  rows_examined UInt64 CODEC(T64, ZSTD(1)),
  logical_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  physical_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  written_bytes UInt64 CODEC(T64, ZSTD(1)),
  temp_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  temp_written_bytes UInt64 CODEC(T64, ZSTD(1)),
  wal_bytes UInt64 CODEC(T64, ZSTD(1)),
  min_time_us Nullable(Float64) CODEC(ZSTD(1)),
  max_time_us Nullable(Float64) CODEC(ZSTD(1)),
  bucket_upper_us Array(Float64) CODEC(ZSTD(1)),
  bucket_calls Array(UInt64) CODEC(ZSTD(1)),
  percentile_origin LowCardinality(String),
  flags Array(LowCardinality(String)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (instance_id, query_hash, window_start, database_name, user_name, plan_hash)
TTL toDateTime(window_start) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed query_deltas by cityHash64(instance_id, query_hash)}}
