-- State of settings, tables, indexes and columns as last seen.
-- A setting is written only when it changes, so its rows never expire: the newest may be a year old and still hold.
CREATE TABLE IF NOT EXISTS {{table setting_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  name LowCardinality(String),
  value String CODEC(ZSTD(1)),
  unit LowCardinality(String),
  source LowCardinality(String),
  change_needs LowCardinality(String),
  pending_restart UInt8,
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
ORDER BY (instance_id, name, observed_at)
SETTINGS {{settings}};

{{distributed setting_snapshots by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table table_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  database_name LowCardinality(String),
  schema_name LowCardinality(String),
  table_name LowCardinality(String),
  window_start DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  window_end DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  estimated_rows Nullable(Float64) CODEC(ZSTD(1)),
  live_rows UInt64 CODEC(T64, ZSTD(1)),
  dead_rows UInt64 CODEC(T64, ZSTD(1)),
  modified_since_analyze_rows UInt64 CODEC(T64, ZSTD(1)),
  size_bytes UInt64 CODEC(T64, ZSTD(1)),
  seq_scans UInt64 CODEC(T64, ZSTD(1)),
  seq_rows_read UInt64 CODEC(T64, ZSTD(1)),
  index_scans UInt64 CODEC(T64, ZSTD(1)),
  inserted_rows UInt64 CODEC(T64, ZSTD(1)),
  updated_rows UInt64 CODEC(T64, ZSTD(1)),
  deleted_rows UInt64 CODEC(T64, ZSTD(1)),
  last_analyzed_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  last_vacuumed_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (instance_id, database_name, schema_name, table_name, window_start)
TTL toDateTime(window_start) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed table_snapshots by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table index_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  database_name LowCardinality(String),
  schema_name LowCardinality(String),
  table_name LowCardinality(String),
  index_name LowCardinality(String),
  window_start DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  window_end DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  method LowCardinality(String),
  key_columns Array(String) CODEC(ZSTD(1)),
  included_columns Array(String) CODEC(ZSTD(1)),
  predicate String CODEC(ZSTD(1)),
  is_unique UInt8,
  backs_constraint UInt8,
  is_valid UInt8,
  definition String CODEC(ZSTD(1)),
  size_bytes UInt64 CODEC(T64, ZSTD(1)),
  scans UInt64 CODEC(T64, ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (instance_id, database_name, schema_name, table_name, index_name, window_start)
TTL toDateTime(window_start) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed index_snapshots by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table column_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  database_name LowCardinality(String),
  schema_name LowCardinality(String),
  table_name LowCardinality(String),
  column_name LowCardinality(String),
  ordinal UInt32,
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  data_type LowCardinality(String),
  is_nullable UInt8,
  n_distinct Nullable(Float64) CODEC(ZSTD(1)),
  null_ratio Nullable(Float64) CODEC(ZSTD(1)),
  average_width_bytes Nullable(Float64) CODEC(ZSTD(1)),
  correlation Nullable(Float64) CODEC(ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (instance_id, database_name, schema_name, table_name, column_name, observed_at)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed column_snapshots by cityHash64(instance_id)}}
