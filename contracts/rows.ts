/**
 * One immutable row type per ClickHouse table, spelled as the columns are (clickhouse/migrations), so that an insert
 * needs no mapping and one search finds a fact from source to panel. bigint travels as a quoted decimal.
 */
import type { StatementMeasures } from './counters.js';
import type { Utc } from './time.js';

/**
 * Where a percentile comes from. exact: single runs. histogram: bucket deltas. modelled: from mean and stddev, badge
 * "estimated", never alerted on. means: percentile of interval means, never to be called latency.
 */
export const percentile_origins = ['exact', 'histogram', 'modelled', 'means'] as const;
export type PercentileOrigin = (typeof percentile_origins)[number];

/** counter_reset: the entry was made anew inside the window. merged_window: several windows were folded into one because the outbox was at its bound. evictions: the engine dropped entries in this window, so sums are a lower bound. */
export type DeltaFlag = 'counter_reset' | 'merged_window' | 'evictions' | 'late_text';

export interface QueryDeltaRow extends StatementMeasures {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly window_start: Utc;
  readonly window_end: Utc;
  readonly database_name: string;
  readonly user_name: string;
  readonly native_id: string;
  /** 1 for a statement run inside a function: never add it to the toplevel ones. */
  readonly is_nested: 0 | 1;
  readonly plan_hash: string;
  readonly min_time_us: number | null;
  readonly max_time_us: number | null;
  /** Histogram of this window where the source has one: upper bounds in µs and calls per bucket, same length. */
  readonly bucket_upper_us: readonly number[];
  readonly bucket_calls: readonly bigint[];
  readonly percentile_origin: PercentileOrigin;
  readonly flags: readonly DeltaFlag[];
  readonly batch_id: string;
}

/**
 * One execution, as the engine's own history tells it. Measures are spelled as those of deltas, because each run is also
 * rolled up as a window of one call. `native_id` names the run: an engine tells each one once, ever.
 */
export interface QueryRunRow extends Omit<
  StatementMeasures,
  'calls' | 'errors' | 'sum_square_time_us2' | 'plan_calls'
> {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly native_id: string;
  /** When it was handed in and when it ended; `total_time_us` lies between, queueing included. */
  readonly started_at: Utc;
  readonly finished_at: Utc;
  readonly database_name: string;
  readonly user_name: string;
  readonly is_nested: 0 | 1;
  readonly plan_hash: string;
  readonly outcome: 'completed' | 'failed' | 'canceled';
  /** Why it failed, by kind: a server's message may quote a literal. '' when it did not. */
  readonly failure: '' | 'syntax' | 'privilege' | 'memory' | 'timeout' | 'source' | 'other';
  /** How it came, in the engine's own word: JDBC, REST, ACCELERATOR_CREATE… */
  readonly run_kind: string;
  readonly queue_name: string;
  readonly engine_name: string;
  readonly attempts: number;
  readonly queue_time_us: bigint;
  readonly execution_time_us: bigint;
  readonly memory_peak_bytes: bigint;
  readonly scanned_bytes: bigint;
  readonly estimated_cost: number | null;
  readonly is_accelerated: 0 | 1;
  /** What it read, by the engine's own names. */
  readonly scanned_tables: readonly string[];
  /** Ids of the reflections (materialized results) it was answered from. */
  readonly reflection_ids: readonly string[];
  readonly batch_id: string;
}

/** One row per sampled (session state) per window; `sampled_time_us` = samples × sampling interval. */
export interface WaitDeltaRow {
  readonly instance_id: string;
  readonly window_start: Utc;
  readonly window_end: Utc;
  /** '' when the engine does not say which statement waited. */
  readonly query_hash: string;
  readonly database_name: string;
  /** The common vocabulary: cpu, io, lock, lwlock, client, ipc, other (issue: one wait taxonomy). */
  readonly wait_class: 'cpu' | 'io' | 'lock' | 'lwlock' | 'client' | 'ipc' | 'other';
  readonly wait_event: string;
  readonly samples: number;
  readonly sampled_time_us: bigint;
  readonly batch_id: string;
}

export interface InstanceMetricRow {
  readonly instance_id: string;
  readonly metric: string;
  readonly window_start: Utc;
  readonly window_end: Utc;
  readonly value: number;
  readonly unit: string;
  readonly batch_id: string;
}

export const instance_event_kinds = [
  'restart',
  'crash',
  'counter_reset',
  'eviction',
  'plan_changed',
  'index_created',
  'index_dropped',
  'table_created',
  'table_dropped',
  'column_changed',
  'setting_changed',
  'analyzed',
  'version_changed',
  'deploy',
] as const;
export type InstanceEventKind = (typeof instance_event_kinds)[number];

export interface InstanceEventRow {
  readonly instance_id: string;
  /** When it happened if the engine says; else the end of the window in which it was noticed. */
  readonly occurred_at: Utc;
  /** Start of the window in which it was noticed: it happened in (noticed_after, occurred_at]. */
  readonly noticed_after: Utc;
  readonly kind: InstanceEventKind;
  readonly database_name: string;
  /** schema.table for index and table events, the setting's name, '' otherwise. */
  readonly object_name: string;
  /** index name, plan hash…: what exactly. */
  readonly subject: string;
  readonly query_hash: string;
  readonly before: string;
  readonly after: string;
  readonly batch_id: string;
}

/** A row that failed a check of the collector (collector/quality): kept out of its table, with the reason. */
export interface QuarantinedRow {
  readonly instance_id: string;
  readonly aspect: string;
  readonly observed_at: Utc;
  readonly table_name: string;
  /** schema, completeness, range, monotone or freshness. */
  readonly check_name: string;
  /** Which column, what it held by kind, and what it may hold. Never the value of a text. */
  readonly reason: string;
  /** JSON of the row's ids, times and numbers; texts are left out, because a row that is wrong may hold anything. */
  readonly row: string;
  readonly batch_id: string;
}
