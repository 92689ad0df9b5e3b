-- Features of statements, of queries on an instance, and of instances: what analytics/features works out, named and
-- documented in docs/generated/features.md. A feature that could not be worked out is left out of its map, never 0.
-- entity_kind: statement (instance_id ''), query, or instance (query_hash ''). as_of: end of the span that a row tells of.
-- counts are exact 64-bit numbers, reals measures and shares, lists names.
CREATE TABLE IF NOT EXISTS {{table features}} {{onCluster}} (
  entity_kind LowCardinality(String),
  instance_id LowCardinality(String),
  query_hash String,
  feature_set_version UInt16,
  as_of DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  counts Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
  reals Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  lists Map(LowCardinality(String), Array(String)) CODEC(ZSTD(1)),
  computed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree(computed_at)}}
PARTITION BY toYear(as_of)
ORDER BY (entity_kind, instance_id, query_hash, feature_set_version, as_of)
TTL toDateTime(as_of) + INTERVAL 400 DAY
SETTINGS {{settings index_granularity = 128}};

{{distributed features by cityHash64(instance_id, query_hash)}}

-- Each run of a judging job, with the settings it judged by: what `plumbline replay` judges again.
CREATE TABLE IF NOT EXISTS {{table judged_moments}} {{onCluster}} (
  job LowCardinality(String),
  as_of DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  ended_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  outcome LowCardinality(String),
  program_version LowCardinality(String),
  settings LowCardinality(String)
)
ENGINE = {{engine MergeTree}}
PARTITION BY toYYYYMM(as_of)
ORDER BY (as_of, job)
TTL toDateTime(as_of) + INTERVAL 35 DAY
SETTINGS {{settings}};

{{distributed judged_moments by cityHash64(job)}}

-- When each query's baseline was learned. The baselines themselves are kept only as last learned: an older one is learned
-- again from the facts, as known at its moment.
CREATE TABLE IF NOT EXISTS {{table baseline_moments}} {{onCluster}} (
  instance_id LowCardinality(String),
  query_hash String,
  computed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
PARTITION BY toYYYYMM(computed_at)
ORDER BY (instance_id, query_hash, computed_at)
TTL toDateTime(computed_at) + INTERVAL 35 DAY
SETTINGS {{settings}};

{{distributed baseline_moments by cityHash64(instance_id, query_hash)}}

CREATE MATERIALIZED VIEW IF NOT EXISTS {{table baseline_moments_from_baselines}} {{onCluster}} TO {{table baseline_moments}} AS
SELECT DISTINCT
  learned.instance_id AS instance_id,
  learned.query_hash AS query_hash,
  learned.computed_at AS computed_at
FROM {{table baselines}} AS learned;

-- When a fact reached the store, written down by the sink. Rows from before this column count as arrived at their own end.
ALTER TABLE {{table query_deltas}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE query_deltas {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end;
ALTER TABLE {{table query_runs}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT finished_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE query_runs {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT finished_at;
ALTER TABLE {{table wait_deltas}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE wait_deltas {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end;
ALTER TABLE {{table table_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE table_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end;
ALTER TABLE {{table index_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE index_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end;
ALTER TABLE {{table column_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE column_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at;
ALTER TABLE {{table setting_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE setting_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at;
ALTER TABLE {{table instance_events}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT occurred_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE instance_events {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT occurred_at;
ALTER TABLE {{table instance_metrics}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE instance_metrics {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT window_end;
ALTER TABLE {{table reflection_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE reflection_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at;
ALTER TABLE {{table table_file_snapshots}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at CODEC(DoubleDelta, ZSTD(1));
ALTER TABLE table_file_snapshots {{onCluster}} ADD COLUMN IF NOT EXISTS stored_at DateTime64(3, 'UTC') DEFAULT observed_at;

-- A run's window arrived when the run did.
ALTER TABLE {{table query_deltas_from_runs}} {{onCluster}} MODIFY QUERY
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
  run.batch_id AS batch_id,
  run.stored_at AS stored_at
FROM {{table query_runs}} AS run;
