-- What sinks write down so that no batch is counted twice, whatever is redelivered and whenever. See
-- docs/decisions/0006-kafka.md for the rule; a "lane" is one partition of one topic, "topic/partition".
--
-- Before a sink inserts a group of batches it writes the group down as the lane's next number. The insert carries that
-- number as its token, so of two sinks that both believe the lane theirs only one gets the number.
CREATE TABLE IF NOT EXISTS {{table sink_intents}} {{onCluster}} (
  lane LowCardinality(String),
  number UInt64 CODEC(DoubleDelta, ZSTD(1)),
  sink_id String CODEC(ZSTD(1)),
  first_offset Int64 CODEC(DoubleDelta, ZSTD(1)),
  last_offset Int64 CODEC(DoubleDelta, ZSTD(1)),
  group_id String CODEC(ZSTD(1)),
  batch_ids Array(String) CODEC(ZSTD(3)),
  written_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine MergeTree}}
ORDER BY (lane, number)
TTL toDateTime(written_at) + INTERVAL 35 DAY
SETTINGS {{settings index_granularity = 256}};

{{distributed sink_intents by cityHash64(lane)}}

-- Every message that is through: stored, or put aside as a dead letter. Kept as long as the hourly rollups, because a
-- collector may come back after months with a batch that it does not know was delivered.
CREATE TABLE IF NOT EXISTS {{table stored_batches}} {{onCluster}} (
  batch_id String CODEC(ZSTD(3)),
  lane LowCardinality(String),
  message_offset Int64 CODEC(DoubleDelta, ZSTD(1)),
  stored_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
PARTITION BY toYYYYMM(stored_at)
ORDER BY batch_id
TTL toDateTime(stored_at) + INTERVAL 400 DAY
SETTINGS {{settings ttl_only_drop_parts = 1}};

{{distributed stored_batches by cityHash64(batch_id)}}

-- Where a dead letter came from, and its name. encoding: "text", or "base64" where the message is not UTF-8.
ALTER TABLE {{table dead_letters}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS letter_id String CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS lane LowCardinality(String),
  ADD COLUMN IF NOT EXISTS message_offset Int64 DEFAULT -1 CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS encoding LowCardinality(String) DEFAULT 'text';

-- On one node the same table again; on a cluster the Distributed one over it.
ALTER TABLE dead_letters {{onCluster}}
  ADD COLUMN IF NOT EXISTS letter_id String,
  ADD COLUMN IF NOT EXISTS lane LowCardinality(String),
  ADD COLUMN IF NOT EXISTS message_offset Int64 DEFAULT -1,
  ADD COLUMN IF NOT EXISTS encoding LowCardinality(String) DEFAULT 'text';

CREATE TABLE IF NOT EXISTS {{table dead_letter_replays}} {{onCluster}} (
  letter_id String,
  batch_id String CODEC(ZSTD(1)),
  is_repaired UInt8,
  replayed_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine MergeTree}}
ORDER BY (letter_id, replayed_at)
SETTINGS {{settings}};

{{distributed dead_letter_replays by cityHash64(letter_id)}}
