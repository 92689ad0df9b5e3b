-- Hours (kept 400 days) and days (kept for ever) of query_deltas. Both are made straight from the deltas, not one from
-- the other: see docs/decisions/0003-store.md.
-- run_times: single runs (origin exact). weighted_times: histogram buckets, or interval means weighted by their calls.
-- Ordered by time before query, in small granules: "all queries of one day" reads one run of rows, and one query's
-- rows are found by the index (an hour is many granules, so a granule holds one hour).
CREATE TABLE IF NOT EXISTS {{table query_hourly}} {{onCluster}} (
  instance_id LowCardinality(String),
  hour_start DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  query_hash LowCardinality(String),
  database_name LowCardinality(String),
  user_name LowCardinality(String),
  is_nested UInt8,
  percentile_origin LowCardinality(String),
  windows SimpleAggregateFunction(sum, UInt64),
  first_window_start SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_window_end SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  total_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  sum_square_time_us2 SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
  plan_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  plan_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cpu_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  io_read_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  io_write_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  lock_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rows_returned SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rows_examined SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  logical_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  physical_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  written_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  temp_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  temp_written_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  wal_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  min_time_us SimpleAggregateFunction(min, Nullable(Float64)) CODEC(ZSTD(1)),
  max_time_us SimpleAggregateFunction(max, Nullable(Float64)) CODEC(ZSTD(1)),
  run_times AggregateFunction(quantilesDDArray(0.01, 0.5, 0.95, 0.99), Array(Float64)) CODEC(ZSTD(1)),
  weighted_times AggregateFunction(quantilesTDigestWeightedArray(0.5, 0.95, 0.99), Array(Float64), Array(UInt64)) CODEC(ZSTD(1))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY toYYYYMM(hour_start)
ORDER BY (instance_id, hour_start, query_hash, database_name, user_name, is_nested, percentile_origin)
TTL hour_start + INTERVAL 400 DAY
SETTINGS {{settings index_granularity = 512}};

{{distributed query_hourly by cityHash64(instance_id, query_hash)}}

CREATE TABLE IF NOT EXISTS {{table query_daily}} {{onCluster}} (
  instance_id LowCardinality(String),
  day_start Date CODEC(DoubleDelta, ZSTD(1)),
  query_hash LowCardinality(String),
  database_name LowCardinality(String),
  user_name LowCardinality(String),
  is_nested UInt8,
  percentile_origin LowCardinality(String),
  windows SimpleAggregateFunction(sum, UInt64),
  first_window_start SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_window_end SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  total_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  sum_square_time_us2 SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
  plan_calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  plan_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  cpu_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  io_read_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  io_write_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  lock_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rows_returned SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rows_examined SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  logical_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  physical_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  written_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  temp_read_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  temp_written_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  wal_bytes SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  min_time_us SimpleAggregateFunction(min, Nullable(Float64)) CODEC(ZSTD(1)),
  max_time_us SimpleAggregateFunction(max, Nullable(Float64)) CODEC(ZSTD(1)),
  run_times AggregateFunction(quantilesDDArray(0.01, 0.5, 0.95, 0.99), Array(Float64)) CODEC(ZSTD(1)),
  weighted_times AggregateFunction(quantilesTDigestWeightedArray(0.5, 0.95, 0.99), Array(Float64), Array(UInt64)) CODEC(ZSTD(1))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY toYear(day_start)
ORDER BY (instance_id, day_start, query_hash, database_name, user_name, is_nested, percentile_origin)
SETTINGS {{settings index_granularity = 512}};

{{distributed query_daily by cityHash64(instance_id, query_hash)}}

CREATE MATERIALIZED VIEW IF NOT EXISTS {{table query_hourly_from_deltas}} {{onCluster}} TO {{table query_hourly}} AS
SELECT
  delta.instance_id AS instance_id,
  toStartOfHour(delta.window_start) AS hour_start,
  delta.query_hash AS query_hash,
  delta.database_name AS database_name,
  delta.user_name AS user_name,
  delta.is_nested AS is_nested,
  delta.percentile_origin AS percentile_origin,
  count() AS windows,
  min(delta.window_start) AS first_window_start,
  max(delta.window_end) AS last_window_end,
  sum(delta.calls) AS calls,
  sum(delta.errors) AS errors,
  sum(delta.total_time_us) AS total_time_us,
  sum(delta.sum_square_time_us2) AS sum_square_time_us2,
  sum(delta.plan_calls) AS plan_calls,
  sum(delta.plan_time_us) AS plan_time_us,
  sum(delta.cpu_time_us) AS cpu_time_us,
  sum(delta.io_read_time_us) AS io_read_time_us,
  sum(delta.io_write_time_us) AS io_write_time_us,
  sum(delta.lock_time_us) AS lock_time_us,
  sum(delta.rows_returned) AS rows_returned,
  sum(delta.rows_examined) AS rows_examined,
  sum(delta.logical_read_bytes) AS logical_read_bytes,
  sum(delta.physical_read_bytes) AS physical_read_bytes,
  sum(delta.written_bytes) AS written_bytes,
  sum(delta.temp_read_bytes) AS temp_read_bytes,
  sum(delta.temp_written_bytes) AS temp_written_bytes,
  sum(delta.wal_bytes) AS wal_bytes,
  min(delta.min_time_us) AS min_time_us,
  max(delta.max_time_us) AS max_time_us,
  quantilesDDArrayState(0.01, 0.5, 0.95, 0.99)(delta.run_time) AS run_times,
  quantilesTDigestWeightedArrayState(0.5, 0.95, 0.99)(delta.weighted_time, delta.weight) AS weighted_times
FROM (
  SELECT
    instance_id, query_hash, window_start, window_end, database_name, user_name, is_nested, percentile_origin,
    min_time_us, max_time_us, calls, errors, total_time_us, sum_square_time_us2, plan_calls, plan_time_us,
    cpu_time_us, io_read_time_us, io_write_time_us, lock_time_us, rows_returned, rows_examined,
    logical_read_bytes, physical_read_bytes, written_bytes, temp_read_bytes, temp_written_bytes, wal_bytes,
    if(percentile_origin = 'exact' AND calls > 0, [toFloat64(total_time_us) / calls], []) AS run_time,
    multiIf(
      percentile_origin = 'histogram', bucket_upper_us,
      percentile_origin = 'means' AND calls > 0, [toFloat64(total_time_us) / calls],
      []
    ) AS weighted_time,
    multiIf(percentile_origin = 'histogram', bucket_calls, percentile_origin = 'means' AND calls > 0, [calls], []) AS weight
  FROM {{table query_deltas}}
) AS delta
GROUP BY instance_id, hour_start, query_hash, database_name, user_name, is_nested, percentile_origin;

CREATE MATERIALIZED VIEW IF NOT EXISTS {{table query_daily_from_deltas}} {{onCluster}} TO {{table query_daily}} AS
SELECT
  delta.instance_id AS instance_id,
  toDate(delta.window_start) AS day_start,
  delta.query_hash AS query_hash,
  delta.database_name AS database_name,
  delta.user_name AS user_name,
  delta.is_nested AS is_nested,
  delta.percentile_origin AS percentile_origin,
  count() AS windows,
  min(delta.window_start) AS first_window_start,
  max(delta.window_end) AS last_window_end,
  sum(delta.calls) AS calls,
  sum(delta.errors) AS errors,
  sum(delta.total_time_us) AS total_time_us,
  sum(delta.sum_square_time_us2) AS sum_square_time_us2,
  sum(delta.plan_calls) AS plan_calls,
  sum(delta.plan_time_us) AS plan_time_us,
  sum(delta.cpu_time_us) AS cpu_time_us,
  sum(delta.io_read_time_us) AS io_read_time_us,
  sum(delta.io_write_time_us) AS io_write_time_us,
  sum(delta.lock_time_us) AS lock_time_us,
  sum(delta.rows_returned) AS rows_returned,
  sum(delta.rows_examined) AS rows_examined,
  sum(delta.logical_read_bytes) AS logical_read_bytes,
  sum(delta.physical_read_bytes) AS physical_read_bytes,
  sum(delta.written_bytes) AS written_bytes,
  sum(delta.temp_read_bytes) AS temp_read_bytes,
  sum(delta.temp_written_bytes) AS temp_written_bytes,
  sum(delta.wal_bytes) AS wal_bytes,
  min(delta.min_time_us) AS min_time_us,
  max(delta.max_time_us) AS max_time_us,
  quantilesDDArrayState(0.01, 0.5, 0.95, 0.99)(delta.run_time) AS run_times,
  quantilesTDigestWeightedArrayState(0.5, 0.95, 0.99)(delta.weighted_time, delta.weight) AS weighted_times
FROM (
  SELECT
    instance_id, query_hash, window_start, window_end, database_name, user_name, is_nested, percentile_origin,
    min_time_us, max_time_us, calls, errors, total_time_us, sum_square_time_us2, plan_calls, plan_time_us,
    cpu_time_us, io_read_time_us, io_write_time_us, lock_time_us, rows_returned, rows_examined,
    logical_read_bytes, physical_read_bytes, written_bytes, temp_read_bytes, temp_written_bytes, wal_bytes,
    if(percentile_origin = 'exact' AND calls > 0, [toFloat64(total_time_us) / calls], []) AS run_time,
    multiIf(
      percentile_origin = 'histogram', bucket_upper_us,
      percentile_origin = 'means' AND calls > 0, [toFloat64(total_time_us) / calls],
      []
    ) AS weighted_time,
    multiIf(percentile_origin = 'histogram', bucket_calls, percentile_origin = 'means' AND calls > 0, [calls], []) AS weight
  FROM {{table query_deltas}}
) AS delta
GROUP BY instance_id, day_start, query_hash, database_name, user_name, is_nested, percentile_origin;
