-- What was judged. Events are only ever appended; the state is the latest (views/*_latest.sql).
-- recorded_at orders events by when we heard of them: "applied" may be dated back by the person who tells of it.
CREATE TABLE IF NOT EXISTS {{table regression_events}} {{onCluster}} (
  regression_id String,
  instance_id LowCardinality(String),
  query_hash LowCardinality(String),
  kind LowCardinality(String),
  occurred_at DateTime64(3, 'UTC'),
  actor LowCardinality(String),
  note String CODEC(ZSTD(1)),
  payload String CODEC(ZSTD(1)),
  recorded_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = {{engine MergeTree}}
ORDER BY (regression_id, recorded_at, occurred_at)
SETTINGS {{settings}};

{{distributed regression_events by cityHash64(regression_id)}}

CREATE TABLE IF NOT EXISTS {{table recommendation_events}} {{onCluster}} (
  recommendation_id String,
  instance_id LowCardinality(String),
  kind LowCardinality(String),
  occurred_at DateTime64(3, 'UTC'),
  actor LowCardinality(String),
  note String CODEC(ZSTD(1)),
  payload String CODEC(ZSTD(1)),
  recorded_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = {{engine MergeTree}}
ORDER BY (recommendation_id, recorded_at, occurred_at)
SETTINGS {{settings}};

{{distributed recommendation_events by cityHash64(recommendation_id)}}

CREATE TABLE IF NOT EXISTS {{table baselines}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash String,
  computed_at DateTime64(3, 'UTC'),
  scope LowCardinality(String),
  slot UInt16,
  points UInt32,
  median_ln_us Float64,
  sigma_ln Float64,
  autocorrelation Float64,
  p50_us Float64,
  p95_us Float64,
  p99_us Float64,
  calls_per_point Float64,
  rows_per_call Float64,
  percentile_origin LowCardinality(String)
)
ENGINE = {{engine ReplacingMergeTree(computed_at)}}
ORDER BY (instance_id, query_hash, scope, slot)
SETTINGS {{settings index_granularity = 512}};

{{distributed baselines by cityHash64(instance_id, query_hash)}}
