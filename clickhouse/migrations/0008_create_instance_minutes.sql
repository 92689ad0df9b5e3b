-- What each instance did in each minute: one row where query_deltas has one per query. Kept 400 days.
-- Made straight from the deltas, as the other rollups are. A minute is the one a window began in.
CREATE TABLE IF NOT EXISTS {{table instance_minutes}} {{onCluster}} (
  instance_id LowCardinality(String),
  minute_start DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
  is_nested UInt8,
  calls SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  total_time_us SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY toYYYYMM(minute_start)
ORDER BY (instance_id, minute_start, is_nested)
TTL minute_start + INTERVAL 400 DAY
SETTINGS {{settings}};

{{distributed instance_minutes by cityHash64(instance_id)}}

-- What is stored already, before the view adds what comes: begun anew, so that a repeat counts nothing twice.
TRUNCATE TABLE {{table instance_minutes}} {{onCluster}};

INSERT INTO instance_minutes (instance_id, minute_start, is_nested, calls, total_time_us)
SELECT instance_id, toStartOfMinute(window_start), is_nested, sum(calls), sum(total_time_us)
FROM query_deltas
GROUP BY ALL;

CREATE MATERIALIZED VIEW IF NOT EXISTS {{table instance_minutes_from_deltas}} {{onCluster}} TO {{table instance_minutes}} AS
SELECT
  delta.instance_id AS instance_id,
  toStartOfMinute(delta.window_start) AS minute_start,
  delta.is_nested AS is_nested,
  sum(delta.calls) AS calls,
  sum(delta.total_time_us) AS total_time_us
FROM {{table query_deltas}} AS delta
GROUP BY instance_id, minute_start, is_nested;
