-- State of reflections (stored copies that queries are answered from) and of the files that tables are made of.
CREATE TABLE IF NOT EXISTS {{table reflection_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  reflection_id String CODEC(ZSTD(1)),
  reflection_name String CODEC(ZSTD(1)),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  kind LowCardinality(String),
  dataset_id String CODEC(ZSTD(1)),
  dataset_name String CODEC(ZSTD(1)),
  is_enabled UInt8,
  can_accelerate UInt8,
  status LowCardinality(String),
  display_columns Array(String) CODEC(ZSTD(1)),
  dimension_columns Array(String) CODEC(ZSTD(1)),
  measure_columns Array(String) CODEC(ZSTD(1)),
  partition_columns Array(String) CODEC(ZSTD(1)),
  sort_columns Array(String) CODEC(ZSTD(1)),
  row_count Nullable(UInt64) CODEC(ZSTD(1)),
  size_bytes UInt64 CODEC(T64, ZSTD(1)),
  total_size_bytes UInt64 CODEC(T64, ZSTD(1)),
  considered UInt64 CODEC(T64, ZSTD(1)),
  matched UInt64 CODEC(T64, ZSTD(1)),
  chosen UInt64 CODEC(T64, ZSTD(1)),
  failures UInt32 CODEC(T64, ZSTD(1)),
  refresh_method LowCardinality(String),
  last_refresh_time_us Nullable(UInt64) CODEC(ZSTD(1)),
  last_refreshed_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  expires_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  materializations UInt32 CODEC(T64, ZSTD(1)),
  failed_materializations UInt32 CODEC(T64, ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (instance_id, reflection_id, observed_at)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed reflection_snapshots by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table table_file_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  database_name LowCardinality(String),
  schema_name LowCardinality(String),
  table_name LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  file_format LowCardinality(String),
  files UInt64 CODEC(T64, ZSTD(1)),
  size_bytes UInt64 CODEC(T64, ZSTD(1)),
  row_count UInt64 CODEC(T64, ZSTD(1)),
  small_file_bytes UInt64 CODEC(T64, ZSTD(1)),
  small_files UInt64 CODEC(T64, ZSTD(1)),
  small_size_bytes UInt64 CODEC(T64, ZSTD(1)),
  partitions UInt64 CODEC(T64, ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (instance_id, database_name, schema_name, table_name, observed_at)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed table_file_snapshots by cityHash64(instance_id)}}
