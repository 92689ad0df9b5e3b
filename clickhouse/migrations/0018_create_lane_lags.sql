-- How far the sinks are behind on each lane, "topic/partition", each told once a minute by the sink that has the lane. A
-- lane that nobody tells of any more has no sink.
CREATE TABLE IF NOT EXISTS {{table lane_lags}} {{onCluster}} (
  lane LowCardinality(String),
  observed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  -- Messages on the broker that are not stored.
  lag_messages UInt64 CODEC(ZSTD(1)),
  -- Since the broker has the oldest of them; 0 when all is stored.
  lag_s Float64 CODEC(ZSTD(1))
)
ENGINE = {{engine MergeTree}}
ORDER BY (lane, observed_at)
TTL toDateTime(observed_at) + INTERVAL 7 DAY
SETTINGS {{settings}};

{{distributed lane_lags by cityHash64(lane)}}
