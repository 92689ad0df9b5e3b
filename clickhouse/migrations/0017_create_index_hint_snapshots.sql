-- Indexes that a server itself missed while it planned: by columns, how often asked for and how much it hoped to save.
CREATE TABLE IF NOT EXISTS {{table index_hint_snapshots}} {{onCluster}} (
  instance_id LowCardinality(String),
  database_name LowCardinality(String),
  schema_name LowCardinality(String),
  table_name LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  equality_columns Array(String) CODEC(ZSTD(1)),
  inequality_columns Array(String) CODEC(ZSTD(1)),
  included_columns Array(String) CODEC(ZSTD(1)),
  uses UInt64 CODEC(T64, ZSTD(1)),
  counted_s UInt64 CODEC(T64, ZSTD(1)),
  average_cost Float64 CODEC(ZSTD(1)),
  impact_ratio Float64 CODEC(ZSTD(1)),
  batch_id LowCardinality(String),
  stored_at DateTime64(3, 'UTC') DEFAULT observed_at CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (instance_id, database_name, schema_name, table_name, observed_at)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed index_hint_snapshots by cityHash64(instance_id)}}
