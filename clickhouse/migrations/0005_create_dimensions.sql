-- What the facts' ids stand for. Read with FINAL: a newer row replaces the older one when parts merge.
CREATE TABLE IF NOT EXISTS {{table instances}} {{onCluster}} (
  instance_id LowCardinality(String),
  engine LowCardinality(String),
  engine_label LowCardinality(String),
  server_version LowCardinality(String),
  abilities Array(LowCardinality(String)),
  started_at Nullable(DateTime64(3, 'UTC')),
  is_enabled UInt8,
  observed_at DateTime64(3, 'UTC'),
  batch_id String
)
ENGINE = {{engine ReplacingMergeTree(observed_at)}}
ORDER BY instance_id
SETTINGS {{settings}};

{{distributed instances by cityHash64(instance_id)}}

CREATE TABLE IF NOT EXISTS {{table queries}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash String,
  dialect LowCardinality(String),
  statement_class LowCardinality(String),
  template String CODEC(ZSTD(3)),
  hints String CODEC(ZSTD(3)),
  is_truncated UInt8,
  normalizer_version UInt32,
  feature_source LowCardinality(String),
  features String CODEC(ZSTD(3)),
  observed_at DateTime64(3, 'UTC'),
  batch_id String
)
ENGINE = {{engine ReplacingMergeTree(observed_at)}}
ORDER BY (instance_id, query_hash)
SETTINGS {{settings index_granularity = 512}};

{{distributed queries by cityHash64(instance_id, query_hash)}}

-- Aggregating, not Replacing: a plan seen again must keep the time it was first seen.
CREATE TABLE IF NOT EXISTS {{table plans}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash String,
  plan_hash String,
  observed_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  first_observed_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) DEFAULT observed_at,
  total_cost SimpleAggregateFunction(anyLast, Float64),
  origin SimpleAggregateFunction(anyLast, String),
  tree SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(3)),
  batch_id SimpleAggregateFunction(anyLast, String)
)
ENGINE = {{engine AggregatingMergeTree}}
ORDER BY (instance_id, query_hash, plan_hash)
SETTINGS {{settings index_granularity = 512}};

{{distributed plans by cityHash64(instance_id, query_hash)}}
