-- Rows that failed a check of the collector, with the reason: a wrong value neither poisons its batch nor is lost in
-- silence. Texts are left out of `row`.
CREATE TABLE IF NOT EXISTS {{table quarantined_rows}} {{onCluster}} (
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  table_name LowCardinality(String),
  check_name LowCardinality(String),
  reason String CODEC(ZSTD(1)),
  row String CODEC(ZSTD(3)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMM(observed_at)
ORDER BY (instance_id, observed_at, table_name, check_name)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed quarantined_rows by cityHash64(instance_id)}}
