/**
 * One immutable row type per ClickHouse table, spelled as the columns are (clickhouse/migrations), so that an insert
 * needs no mapping and one search finds a fact from source to panel. bigint travels as a quoted decimal.
 */
import type { AspectStatusRow } from './aspects.js';
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

/** Written when a setting is first seen and whenever it changes. */
export interface SettingSnapshotRow {
  readonly instance_id: string;
  readonly observed_at: Utc;
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly source: string;
  /** What a change needs: restart, reload or session. */
  readonly change_needs: 'restart' | 'reload' | 'session' | 'fixed';
  readonly pending_restart: 0 | 1;
  readonly batch_id: string;
}

/** State now (rows, sizes) and what happened in the window (scans, writes). */
export interface TableSnapshotRow {
  readonly instance_id: string;
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly window_start: Utc;
  readonly window_end: Utc;
  /** The optimizer's row estimate; null when the table was never analyzed. */
  readonly estimated_rows: number | null;
  readonly live_rows: bigint;
  readonly dead_rows: bigint;
  readonly modified_since_analyze_rows: bigint;
  readonly size_bytes: bigint;
  readonly seq_scans: bigint;
  readonly seq_rows_read: bigint;
  readonly index_scans: bigint;
  readonly inserted_rows: bigint;
  readonly updated_rows: bigint;
  readonly deleted_rows: bigint;
  readonly last_analyzed_at: Utc | null;
  readonly last_vacuumed_at: Utc | null;
  readonly batch_id: string;
}

export interface IndexSnapshotRow {
  readonly instance_id: string;
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  readonly window_start: Utc;
  readonly window_end: Utc;
  readonly method: string;
  /** Key columns in order; an expression stands as its text without literals, in parentheses. */
  readonly key_columns: readonly string[];
  readonly included_columns: readonly string[];
  /** '' when the index covers all rows; else the predicate without literals. */
  readonly predicate: string;
  readonly is_unique: 0 | 1;
  /** Backs a primary key, unique, exclusion or foreign-key constraint, or the replica identity: never to be dropped. */
  readonly backs_constraint: 0 | 1;
  readonly is_valid: 0 | 1;
  readonly definition: string;
  readonly size_bytes: bigint;
  readonly scans: bigint;
  readonly batch_id: string;
}

export interface ColumnSnapshotRow {
  readonly instance_id: string;
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly ordinal: number;
  readonly observed_at: Utc;
  readonly data_type: string;
  readonly is_nullable: 0 | 1;
  /** PostgreSQL's n_distinct: > 0 a count, < 0 minus the share of rows; null when unknown. Never values. */
  readonly n_distinct: number | null;
  readonly null_ratio: number | null;
  readonly average_width_bytes: number | null;
  readonly correlation: number | null;
  readonly batch_id: string;
}

/** A stored copy that the engine answers queries from: its shape, and how it fares. Counts are gauges of the engine. */
export interface ReflectionSnapshotRow {
  readonly instance_id: string;
  readonly reflection_id: string;
  readonly reflection_name: string;
  readonly observed_at: Utc;
  readonly kind: 'raw' | 'aggregation' | 'external';
  /** The dataset it belongs to, as the engine writes its path. */
  readonly dataset_id: string;
  readonly dataset_name: string;
  readonly is_enabled: 0 | 1;
  readonly can_accelerate: 0 | 1;
  /** The engine's own word: CAN_ACCELERATE, REFRESHING, FAILED… */
  readonly status: string;
  readonly display_columns: readonly string[];
  readonly dimension_columns: readonly string[];
  readonly measure_columns: readonly string[];
  readonly partition_columns: readonly string[];
  readonly sort_columns: readonly string[];
  readonly row_count: bigint | null;
  readonly size_bytes: bigint;
  readonly total_size_bytes: bigint;
  /** Runs that it was weighed for, fitted and answered, over the history that the engine keeps: they may fall. */
  readonly considered: bigint;
  readonly matched: bigint;
  readonly chosen: bigint;
  readonly failures: number;
  readonly refresh_method: string;
  readonly last_refresh_time_us: bigint | null;
  readonly last_refreshed_at: Utc | null;
  readonly expires_at: Utc | null;
  /** Its stored copies now, and the bytes of all of them. */
  readonly materializations: number;
  readonly failed_materializations: number;
  readonly batch_id: string;
}

/** Of what files a table of a lakehouse is made, as its newest snapshot says. */
export interface TableFileSnapshotRow {
  readonly instance_id: string;
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly observed_at: Utc;
  readonly file_format: string;
  readonly files: bigint;
  readonly size_bytes: bigint;
  readonly row_count: bigint;
  /** Files below `small_file_bytes`, and what they hold: what compaction would rewrite. */
  readonly small_file_bytes: bigint;
  readonly small_files: bigint;
  readonly small_size_bytes: bigint;
  /** 1 for a table that is not partitioned. */
  readonly partitions: bigint;
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

export interface InstanceRow {
  readonly instance_id: string;
  readonly engine: string;
  readonly engine_label: string;
  readonly server_version: string;
  readonly abilities: readonly string[];
  readonly started_at: Utc | null;
  readonly is_enabled: 0 | 1;
  readonly observed_at: Utc;
  readonly batch_id: string;
}

/** Text and features once per hash and instance. `features` is JSON of `Features` (features.ts). */
export interface QueryRow {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly dialect: string;
  readonly statement_class: string;
  readonly template: string;
  readonly hints: string;
  readonly is_truncated: 0 | 1;
  readonly normalizer_version: number;
  readonly feature_source: string;
  readonly features: string;
  readonly observed_at: Utc;
  readonly batch_id: string;
}

export interface PlanRow {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly plan_hash: string;
  readonly observed_at: Utc;
  readonly total_cost: number;
  /** generic: planned from the template. sampled: from a run. */
  readonly origin: 'generic' | 'sampled';
  /** JSON of `PlanNode` (plan.ts), literals removed. */
  readonly tree: string;
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

/** Every table the collector writes, with its row. A batch names tables by these keys only. */
export interface CollectedTables {
  readonly query_deltas: QueryDeltaRow;
  readonly query_runs: QueryRunRow;
  readonly wait_deltas: WaitDeltaRow;
  readonly instance_metrics: InstanceMetricRow;
  readonly setting_snapshots: SettingSnapshotRow;
  readonly table_snapshots: TableSnapshotRow;
  readonly index_snapshots: IndexSnapshotRow;
  readonly column_snapshots: ColumnSnapshotRow;
  readonly reflection_snapshots: ReflectionSnapshotRow;
  readonly table_file_snapshots: TableFileSnapshotRow;
  readonly instance_events: InstanceEventRow;
  readonly instances: InstanceRow;
  readonly queries: QueryRow;
  readonly plans: PlanRow;
  readonly quarantined_rows: QuarantinedRow;
  readonly aspect_status: AspectStatusRow & { readonly batch_id: string };
}
export type CollectedTable = keyof CollectedTables;
/** Rows without the batch's own id: the outbox stamps it. */
export type CollectedRows = {
  readonly [Table in CollectedTable]?: readonly Omit<CollectedTables[Table], 'batch_id'>[];
};
