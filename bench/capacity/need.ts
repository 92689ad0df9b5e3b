import type { UnitCosts } from './unit-costs.js';

/**
 * What one instance sends, assumed alike for all: a PostgreSQL with every aspect at its default interval. A batch is one
 * message. Rows of the other aspects are counted as rows of query_deltas, which are wider and cost more.
 */
export const assumed = {
  /** Statements that ran within the minute: one row each. */
  active_statements: 500,
  other_rows_per_minute: 200,
  retention_h: 168,
  copies: 3,
  stored_days: 30,
  /** The counters of all statements that a server keeps travel so often where collectors share. */
  state_per_minute: 1,
  /** A sink writes what a partition brought within its gather time (1 s), the states and two of its ledger, as inserts. */
  groups_per_partition_s: 1,
  inserts_per_group: 4,
  /** Use at most this share of a core or disk that was paid for: catching up after an outage needs the rest. */
  used_share: 0.5,
  /** Rows a partition brings in a second, at most: a group of 20,000 rows then lasts three seconds. */
  partition_rows_s: 7_000,
  least_partitions: 12,
} as const;

/** What so many instances need; rates per second, processor time in cores in use. */
export interface Need {
  readonly instances: number;
  readonly messages_s: number;
  readonly rows_s: number;
  readonly sent_bytes_s: number;
  readonly kafka_bytes_s: number;
  /** Of counter states, beside that. */
  readonly state_bytes_s: number;
  readonly partitions: number;
  readonly inserts_s: number;
  readonly direct_inserts_s: number;
  readonly kafka_disk_bytes: number;
  readonly state_disk_bytes: number;
  readonly store_disk_bytes: number;
  readonly collector_cores: number;
  readonly store_cores: number;
  readonly direct_store_cores: number;
}

export function needOf(instances: number, batches_per_minute: number, costs: UnitCosts): Need {
  const messages_s = (instances * batches_per_minute) / 60;
  const rows_s = (instances * (assumed.active_statements + assumed.other_rows_per_minute)) / 60;
  const partitions = Math.max(assumed.least_partitions, Math.ceil(rows_s / assumed.partition_rows_s / 12) * 12);
  // A partition without a message within its gather time makes no group.
  const inserts_s = Math.min(messages_s, partitions * assumed.groups_per_partition_s) * assumed.inserts_per_group;
  const kafka_bytes_s = rows_s * costs.carried_bytes.value;
  const state_bytes_s = (instances * assumed.state_per_minute * costs.state_kb.value * 1000) / 60;
  const keptBytes = (bytes_s: number): number => bytes_s * 3600 * assumed.retention_h * assumed.copies;
  const rows_cores = (rows_s * costs.store_us.value) / 1e6;
  const coresOf = (inserts: number): number => rows_cores + (inserts * costs.insert_ms.value) / 1000;
  return {
    instances,
    messages_s,
    rows_s,
    sent_bytes_s: rows_s * costs.row_bytes.value,
    kafka_bytes_s,
    state_bytes_s,
    partitions,
    inserts_s,
    direct_inserts_s: messages_s,
    kafka_disk_bytes: keptBytes(kafka_bytes_s),
    state_disk_bytes: keptBytes(state_bytes_s),
    store_disk_bytes: rows_s * 86_400 * assumed.stored_days * costs.stored_bytes.value,
    collector_cores: (rows_s * costs.make_us.value) / 1e6,
    store_cores: coresOf(inserts_s),
    direct_store_cores: coresOf(messages_s),
  };
}
