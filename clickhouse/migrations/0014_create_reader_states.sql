-- How a new owner of an instance goes on where one that was killed left off. See docs/decisions/0011-roles.md.
--
-- The counter state that came with a batch, written in the same group as its rows. Of one owner's states only the last
-- counts. state: '' where it does not travel; else JSON, deflated, as base64.
CREATE TABLE IF NOT EXISTS {{table reader_states}} {{onCluster}} (
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  term UInt64,
  sequence UInt64,
  state String CODEC(ZSTD(1)),
  written_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree(sequence)}}
ORDER BY (instance_id, aspect, term)
TTL toDateTime(written_at) + INTERVAL 35 DAY
SETTINGS {{settings}};

{{distributed reader_states by cityHash64(instance_id)}}

-- Where a new owner (term) goes on: per aspect the last state stored before its fence came by; aspect '' says that it did.
-- Batches of older terms that come later than their base are counted again by the new owner. Kept as long as
-- stored_batches: a killed collector may come back after months.
CREATE TABLE IF NOT EXISTS {{table reader_fences}} {{onCluster}} (
  instance_id LowCardinality(String),
  term UInt64,
  aspect LowCardinality(String),
  base_term UInt64,
  base_sequence UInt64,
  written_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (instance_id, term, aspect)
TTL toDateTime(written_at) + INTERVAL 400 DAY
SETTINGS {{settings}};

{{distributed reader_fences by cityHash64(instance_id)}}

-- Batches of former owners that came too late for a fence: their rows are not stored, the new owner counts them again.
-- Told here and not in stored_batches, because the new owner may read an interval again under the very same batch_id.
CREATE TABLE IF NOT EXISTS {{table superseded_batches}} {{onCluster}} (
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  term UInt64,
  sequence UInt64,
  superseded_by_term UInt64,
  batch_id String CODEC(ZSTD(3)),
  row_count UInt64,
  lane LowCardinality(String),
  message_offset Int64,
  written_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (instance_id, aspect, term, sequence, batch_id)
TTL toDateTime(written_at) + INTERVAL 35 DAY
SETTINGS {{settings}};

{{distributed superseded_batches by cityHash64(instance_id)}}
