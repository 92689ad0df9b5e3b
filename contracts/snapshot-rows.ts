import type { Utc } from './time.js';

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

/** An index that the server itself missed while it planned. Its columns are not in an order that it weighed. */
export interface IndexHintRow {
  readonly instance_id: string;
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly observed_at: Utc;
  /** Compared for equality, and by a span; then what the plans read besides. */
  readonly equality_columns: readonly string[];
  readonly inequality_columns: readonly string[];
  readonly included_columns: readonly string[];
  /** Plans that would have used it, counted by the server over this many seconds at most. */
  readonly uses: bigint;
  readonly counted_s: bigint;
  /** Of a plan that missed it, in the optimizer's own unit, and the share of it that it hopes to save. */
  readonly average_cost: number;
  readonly impact_ratio: number;
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
