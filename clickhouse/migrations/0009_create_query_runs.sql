-- One row per execution, where an engine's history has them. `native_id` names the run.
-- Ordered by query before time, as query_deltas is.
CREATE TABLE IF NOT EXISTS {{table query_runs}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash LowCardinality(String),
  native_id String CODEC(ZSTD(1)),
  started_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  finished_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  database_name LowCardinality(String),
  user_name LowCardinality(String),
  is_nested UInt8,
  plan_hash LowCardinality(String),
  outcome LowCardinality(String),
  failure LowCardinality(String),
  run_kind LowCardinality(String),
  queue_name LowCardinality(String),
  engine_name LowCardinality(String),
  attempts UInt32 CODEC(T64, ZSTD(1)),
  total_time_us UInt64 CODEC(T64, ZSTD(1)),
  queue_time_us UInt64 CODEC(T64, ZSTD(1)),
  plan_time_us UInt64 CODEC(T64, ZSTD(1)),
  execution_time_us UInt64 CODEC(T64, ZSTD(1)),
  cpu_time_us UInt64 CODEC(T64, ZSTD(1)),
  io_read_time_us UInt64 CODEC(T64, ZSTD(1)),
  io_write_time_us UInt64 CODEC(T64, ZSTD(1)),
  lock_time_us UInt64 CODEC(T64, ZSTD(1)),
  rows_returned UInt64 CODEC(T64, ZSTD(1)),
  rows_examined UInt64 CODEC(T64, ZSTD(1)),
  scanned_bytes UInt64 CODEC(T64, ZSTD(1)),
  logical_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  physical_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  written_bytes UInt64 CODEC(T64, ZSTD(1)),
  temp_read_bytes UInt64 CODEC(T64, ZSTD(1)),
  temp_written_bytes UInt64 CODEC(T64, ZSTD(1)),
  wal_bytes UInt64 CODEC(T64, ZSTD(1)),
  memory_peak_bytes UInt64 CODEC(T64, ZSTD(1)),
  estimated_cost Nullable(Float64) CODEC(ZSTD(1)),
  is_accelerated UInt8,
  scanned_tables Array(LowCardinality(String)) CODEC(ZSTD(1)),
  reflection_ids Array(LowCardinality(String)) CODEC(ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(started_at)
ORDER BY (instance_id, query_hash, started_at, native_id)
TTL toDateTime(started_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed query_runs by cityHash64(instance_id, query_hash)}}

-- Each run is a window of one call, with percentiles of origin "exact": so it reaches the hours, days and minutes by the
-- views on query_deltas, and every page and judge that reads windows sees it. See docs/decisions/0008-dremio.md.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{table query_deltas_from_runs}} {{onCluster}} TO {{table query_deltas}} AS
SELECT
  run.instance_id AS instance_id,
  run.query_hash AS query_hash,
  run.started_at AS window_start,
  run.finished_at AS window_end,
  run.database_name AS database_name,
  run.user_name AS user_name,
  run.native_id AS native_id,
  run.is_nested AS is_nested,
  run.plan_hash AS plan_hash,
  1 AS calls,
  run.outcome != 'completed' AS errors,
  run.total_time_us AS total_time_us,
  toFloat64(run.total_time_us) * toFloat64(run.total_time_us) AS sum_square_time_us2,
  run.plan_time_us > 0 AS plan_calls,
  run.plan_time_us AS plan_time_us,
  run.cpu_time_us AS cpu_time_us,
  run.io_read_time_us AS io_read_time_us,
  run.io_write_time_us AS io_write_time_us,
  run.lock_time_us AS lock_time_us,
  run.rows_returned AS rows_returned,
  run.rows_examined AS rows_examined,
  run.logical_read_bytes AS logical_read_bytes,
  run.physical_read_bytes AS physical_read_bytes,
  run.written_bytes AS written_bytes,
  run.temp_read_bytes AS temp_read_bytes,
  run.temp_written_bytes AS temp_written_bytes,
  run.wal_bytes AS wal_bytes,
  toFloat64(run.total_time_us) AS min_time_us,
  toFloat64(run.total_time_us) AS max_time_us,
  CAST([], 'Array(Float64)') AS bucket_upper_us,
  CAST([], 'Array(UInt64)') AS bucket_calls,
  'exact' AS percentile_origin,
  CAST([], 'Array(String)') AS flags,
  run.batch_id AS batch_id
FROM {{table query_runs}} AS run;
