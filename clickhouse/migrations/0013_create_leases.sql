-- Who may do what only one process may do: judge ("analytics"), read an instance ("instance/shop"). See
-- docs/decisions/0011-roles.md for the rule. Every row is a fact that is never changed; of one holder's rows on one lease
-- only the latest counts, so merges may drop the others. Only the store's clock is asked: a row is in force for lapse_ms
-- from written_at; 0 gives the lease up. held_term is the holder's last term that nobody disputed: it then really acted.
CREATE TABLE IF NOT EXISTS {{table leases}} {{onCluster}} (
  lease_name String,
  holder String,
  term UInt64,
  held_term UInt64,
  lapse_ms UInt32,
  written_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(written_at)}}
ORDER BY (lease_name, holder)
TTL toDateTime(written_at) + INTERVAL 35 DAY
SETTINGS {{settings}};

{{distributed leases by cityHash64(lease_name)}}

CREATE VIEW IF NOT EXISTS latest_leases {{onCluster}} AS
SELECT lease_name, holder, latest.1 AS term, latest.2 AS held_term, last_written_at AS written_at,
  last_written_at + toIntervalMillisecond(latest.3) AS lapses_at, lapses_at > now64(6, 'UTC') AS is_in_force
FROM (
  SELECT lease_name, holder, argMax((term, held_term, lapse_ms), written_at) AS latest, max(written_at) AS last_written_at
  FROM leases GROUP BY lease_name, holder
);

-- Counter states that a collector leaves to the next owner of an instance when it gives its lease up in good order.
CREATE TABLE IF NOT EXISTS {{table handed_over_states}} {{onCluster}} (
  instance_id LowCardinality(String),
  aspect LowCardinality(String),
  term UInt64,
  state String CODEC(ZSTD(3)),
  written_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(written_at)}}
ORDER BY (instance_id, aspect, term)
TTL toDateTime(written_at) + INTERVAL 7 DAY
SETTINGS {{settings}};

{{distributed handed_over_states by cityHash64(instance_id)}}
