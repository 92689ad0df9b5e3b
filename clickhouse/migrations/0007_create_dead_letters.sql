-- Rows the store refused for what they hold, or messages that are no batch, as text and with the reason: nothing is
-- thrown away in silence, and one bad batch does not keep the others waiting.
CREATE TABLE IF NOT EXISTS {{table dead_letters}} {{onCluster}} (
  received_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  batch_id String,
  target_table LowCardinality(String),
  reason String CODEC(ZSTD(1)),
  raw String CODEC(ZSTD(3))
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMM(received_at)
ORDER BY (received_at, instance_id, batch_id)
TTL toDateTime(received_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed dead_letters by cityHash64(instance_id)}}
