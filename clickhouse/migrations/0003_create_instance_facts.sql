-- What else happened on an instance in each window, beside its statements.
CREATE TABLE IF NOT EXISTS {{table wait_deltas}} {{onCluster}} (
  instance_id LowCardinality(String),
  window_start DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  window_end DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  query_hash LowCardinality(String),
  database_name LowCardinality(String),
  wait_class LowCardinality(String),
  wait_event LowCardinality(String),
  samples UInt32 CODEC(T64, ZSTD(1)),
  sampled_time_us UInt64 CODEC(T64, ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (instance_id, query_hash, window_start, wait_class, wait_event)
TTL toDateTime(window_start) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed wait_deltas by cityHash64(instance_id, query_hash)}}

CREATE TABLE IF NOT EXISTS {{table instance_metrics}} {{onCluster}} (
  instance_id LowCardinality(String),
  metric LowCardinality(String),
  window_start DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  window_end DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  value Float64 CODEC(Gorilla, ZSTD(1)),
  unit LowCardinality(String),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (instance_id, metric, window_start)
TTL toDateTime(window_start) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed instance_metrics by cityHash64(instance_id)}}

-- Kept 400 days: a change found today is explained by what happened around it, and weeks later still.
CREATE TABLE IF NOT EXISTS {{table instance_events}} {{onCluster}} (
  instance_id LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  noticed_after DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  kind LowCardinality(String),
  database_name LowCardinality(String),
  object_name String CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  query_hash LowCardinality(String),
  before String CODEC(ZSTD(1)),
  after String CODEC(ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (instance_id, occurred_at, kind, object_name, subject)
TTL toDateTime(occurred_at) + INTERVAL 400 DAY
SETTINGS {{settings}};

{{distributed instance_events by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table aspect_status}} {{onCluster}} (
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  state LowCardinality(String),
  message String CODEC(ZSTD(1)),
  fix String CODEC(ZSTD(1)),
  elapsed_ms Float64 CODEC(ZSTD(1)),
  rows_read UInt32 CODEC(T64, ZSTD(1)),
  budget_ms Float64 CODEC(ZSTD(1)),
  interval_s Float64 CODEC(ZSTD(1)),
  batch_id LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (instance_id, aspect, observed_at)
TTL toDateTime(observed_at) + INTERVAL 35 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed aspect_status by cityHash64(instance_id)}}
