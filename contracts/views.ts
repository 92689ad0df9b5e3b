/**
 * The named answers: one entry per file in clickhouse/views, with what it is asked with and the rows it gives. This is
 * the only read surface. Counts and sums are float64 here (exact to 2^53), so they are plain JSON numbers; times are
 * UTC text. `from` is inclusive, `to` exclusive. An `instance_id` or `state` of '' means all.
 */
import type { AspectStatusRow } from './aspects.js';
import type {
  ColumnSnapshotRow,
  PercentileOrigin,
  QueryRunRow,
  ReflectionSnapshotRow,
  SettingSnapshotRow,
  TableFileSnapshotRow,
} from './rows.js';
import type { Utc } from './time.js';

interface Span {
  readonly from: Utc;
  readonly to: Utc;
}
/** `since` exclusive, `as_of` inclusive: windows are named by their end. */
interface JudgedSpan {
  readonly since: Utc;
  readonly as_of: Utc;
}
interface OfInstance {
  readonly instance_id: string;
}
interface OfQuery extends OfInstance {
  readonly query_hash: string;
}

export type RegressionState = 'open' | 'acknowledged' | 'resolved' | 'opted_out';
export type RecommendationState = 'proposed' | 'accepted' | 'dismissed' | 'started' | 'applied' | 'withdrawn';

export interface Views {
  /** One row per instance: load, what is open, whether collection is healthy. */
  fleet: {
    params: Span;
    row: {
      instance_id: string;
      engine: string;
      engine_label: string;
      server_version: string;
      calls: number;
      total_time_s: number;
      /** Average number of statements running at once: total time / span. */
      load: number;
      open_regressions: number;
      open_recommendations: number;
      aspects_not_ok: number;
      last_seen_at: Utc;
    };
  };
  /** Queries by total time in the span. */
  query_top: {
    params: OfInstance & Span & { readonly limit: number };
    row: {
      instance_id: string;
      query_hash: string;
      template: string;
      statement_class: string;
      database_name: string;
      calls: number;
      total_time_s: number;
      mean_time_us: number;
      share_of_instance_time: number;
      rows_per_call: number;
      logical_read_bytes_per_call: number;
      p50_us: number;
      p95_us: number;
      p99_us: number;
      percentile_origin: PercentileOrigin;
      open_regressions: number;
    };
  };
  /** One query over time with its baseline band (median ± 3 sigma of the log). Nulls where no baseline exists. */
  query_series: {
    params: OfQuery & Span & { readonly step_s: number };
    row: {
      point_at: Utc;
      calls: number;
      total_time_s: number;
      mean_time_us: number;
      p95_us: number;
      percentile_origin: PercentileOrigin;
      rows_per_call: number;
      logical_read_bytes_per_call: number;
      baseline_median_us: number | null;
      baseline_low_us: number | null;
      baseline_high_us: number | null;
      baseline_scope: string;
    };
  };
  query_summary: {
    params: OfQuery;
    row: {
      instance_id: string;
      query_hash: string;
      dialect: string;
      statement_class: string;
      template: string;
      hints: string;
      is_truncated: 0 | 1;
      feature_source: string;
      features: string;
      database_names: string[];
      first_seen_at: Utc;
      last_seen_at: Utc;
    };
  };
  query_waits: {
    params: OfQuery & Span;
    row: { wait_class: string; wait_event: string; sampled_time_s: number; share: number };
  };
  /** Every plan seen for a query, newest first. */
  query_plans: {
    params: OfQuery;
    row: {
      plan_hash: string;
      first_seen_at: Utc;
      last_seen_at: Utc;
      total_cost: number;
      origin: string;
      tree: string;
    };
  };
  instance_series: {
    params: OfInstance & Span & { readonly step_s: number };
    row: { point_at: Utc; instance_id: string; calls: number; load: number; mean_time_us: number };
  };
  instance_waits: {
    params: OfInstance & Span & { readonly step_s: number };
    row: { point_at: Utc; wait_class: string; load: number };
  };
  regressions_latest: {
    params: OfInstance & { readonly state: RegressionState | '' };
    row: {
      regression_id: string;
      instance_id: string;
      query_hash: string;
      template: string;
      state: RegressionState;
      opened_at: Utc;
      updated_at: Utc;
      /** The columns a list sorts by, out of the payload. */
      severity: string;
      kind: string;
      onset_at: Utc;
      effect_ratio: number;
      extra_seconds_per_day: number;
      cause_kind: string;
      cause_sentence: string;
      group_id: string;
      /** JSON of `Regression`. */
      payload: string;
    };
  };
  regression_history: {
    params: { readonly regression_id: string };
    row: { kind: string; occurred_at: Utc; actor: string; note: string; payload: string };
  };
  recommendations_latest: {
    params: OfInstance & { readonly state: RecommendationState | '' };
    row: {
      recommendation_id: string;
      instance_id: string;
      state: RecommendationState;
      detector: string;
      action_kind: string;
      severity: string;
      title: string;
      proof: string;
      saved_seconds_per_day: number | null;
      proposed_at: Utc;
      updated_at: Utc;
      applied_at: Utc | null;
      verdict: string;
      /** JSON of `Recommendation`. */
      payload: string;
      /** JSON of the newest `Measurement`, '' when none. */
      measurement: string;
    };
  };
  recommendation_history: {
    params: { readonly recommendation_id: string };
    row: { kind: string; occurred_at: Utc; actor: string; note: string; payload: string };
  };
  instances_latest: {
    params: OfInstance;
    row: {
      instance_id: string;
      engine: string;
      engine_label: string;
      server_version: string;
      abilities: string[];
      started_at: Utc | null;
      is_enabled: 0 | 1;
      observed_at: Utc;
    };
  };
  aspects_latest: { params: OfInstance; row: AspectStatusRow };
  /** Rows that the collector's checks kept out, per aspect, table, check and reason. */
  quarantine_summary: {
    params: OfInstance & Span;
    row: {
      instance_id: string;
      aspect: string;
      table_name: string;
      check_name: string;
      reason: string;
      quarantined_rows: number;
      last_seen_at: Utc;
      example: string;
    };
  };
  /** What reading costs the source, per aspect. */
  collector_cost: {
    params: OfInstance & Span;
    row: {
      instance_id: string;
      aspect: string;
      readings: number;
      mean_elapsed_ms: number;
      max_elapsed_ms: number;
      rows_read: number;
      over_budget: number;
    };
  };
  instance_event_list: {
    params: OfInstance & Span;
    row: {
      instance_id: string;
      occurred_at: Utc;
      noticed_after: Utc;
      kind: string;
      database_name: string;
      object_name: string;
      subject: string;
      query_hash: string;
      before: string;
      after: string;
    };
  };
  settings_latest: { params: OfInstance; row: Omit<SettingSnapshotRow, 'batch_id'> };
  tables_latest: {
    params: OfInstance;
    row: {
      instance_id: string;
      database_name: string;
      schema_name: string;
      table_name: string;
      observed_at: Utc;
      estimated_rows: number | null;
      live_rows: number;
      dead_rows: number;
      modified_since_analyze_rows: number;
      size_bytes: number;
      seq_scans: number;
      seq_rows_read: number;
      index_scans: number;
      inserted_rows: number;
      updated_rows: number;
      deleted_rows: number;
      last_analyzed_at: Utc | null;
      last_vacuumed_at: Utc | null;
      /** Scans and writes are sums over this long. */
      observed_s: number;
    };
  };
  /** Only indexes that exist in the newest snapshot of their database. */
  indexes_latest: {
    params: OfInstance;
    row: {
      instance_id: string;
      database_name: string;
      schema_name: string;
      table_name: string;
      index_name: string;
      observed_at: Utc;
      method: string;
      key_columns: string[];
      included_columns: string[];
      predicate: string;
      is_unique: 0 | 1;
      backs_constraint: 0 | 1;
      is_valid: 0 | 1;
      definition: string;
      size_bytes: number;
      scans: number;
      observed_s: number;
    };
  };
  columns_latest: { params: OfInstance; row: Omit<ColumnSnapshotRow, 'batch_id'> };
  /** Single runs, the longest first, with the phases their time went to; only of engines that tell each run. */
  query_run_list: {
    params: OfQuery & Span & { readonly limit: number };
    row: Pick<
      QueryRunRow,
      | 'instance_id'
      | 'query_hash'
      | 'native_id'
      | 'started_at'
      | 'finished_at'
      | 'user_name'
      | 'outcome'
      | 'failure'
      | 'run_kind'
      | 'queue_name'
      | 'engine_name'
      | 'is_accelerated'
      | 'scanned_tables'
      | 'reflection_ids'
    > & {
      total_us: number;
      queue_us: number;
      plan_us: number;
      execution_us: number;
      cpu_us: number;
      returned_rows: number;
      examined_rows: number;
      bytes_scanned: number;
      peak_memory_bytes: number;
    };
  };
  reflections_latest: {
    params: OfInstance;
    row: Pick<
      ReflectionSnapshotRow,
      | 'instance_id'
      | 'reflection_id'
      | 'reflection_name'
      | 'observed_at'
      | 'kind'
      | 'dataset_id'
      | 'dataset_name'
      | 'is_enabled'
      | 'can_accelerate'
      | 'status'
      | 'display_columns'
      | 'dimension_columns'
      | 'measure_columns'
      | 'partition_columns'
      | 'sort_columns'
      | 'failures'
      | 'last_refreshed_at'
      | 'expires_at'
    > & {
      row_count: number | null;
      size_bytes: number;
      total_size_bytes: number;
      considered: number;
      matched: number;
      chosen: number;
      /** Runs that we saw answered from it, and when the last was handed in. */
      used_runs: number;
      last_used_at: Utc | null;
      last_refresh_us: number | null;
    };
  };
  /** The newest count of each table's files. */
  table_files_latest: {
    params: OfInstance;
    row: Pick<
      TableFileSnapshotRow,
      'instance_id' | 'database_name' | 'schema_name' | 'table_name' | 'observed_at' | 'file_format'
    > & {
      files: number;
      size_bytes: number;
      row_count: number;
      small_file_bytes: number;
      small_files: number;
      small_size_bytes: number;
      partitions: number;
    };
  };
  /** For alert rules: exactly one numeric column, `value`; the rest are labels. */
  alert_regressions: {
    params: Record<never, never>;
    row: {
      instance_id: string;
      query_hash: string;
      regression_id: string;
      severity: string;
      cause: string;
      value: number;
    };
  };
  alert_aspects: {
    params: Record<never, never>;
    row: { instance_id: string; aspect: string; state: string; fix: string; value: number };
  };
  /** What the judge itself asks, as known at `as_of`; so a past judgement can be made again (clickhouse/views/judge_*). */
  judge_instances: { params: JudgedSpan; row: { instance_id: string } };
  /** Whose baselines to learn; `computed_at` is 1970 for a query that has none. */
  judge_due: { params: OfInstance & JudgedSpan; row: { query_hash: string; computed_at: Utc; is_mature: 0 | 1 } };
  /** One row per query; the arrays are of equal length, one value per detector point, in order. */
  judge_points: {
    params: OfInstance &
      JudgedSpan & {
        /** Comma between them; '' means all. */
        readonly query_hashes: string;
        readonly point_s: number;
        readonly restart_grace_s: number;
      };
    row: {
      query_hash: string;
      /** Serial number of the point: its end is (point + 1) × point_s since 1970. */
      points: readonly number[];
      /** ms since 1970. */
      from_ms: readonly number[];
      to_ms: readonly number[];
      calls: readonly number[];
      times_us: readonly number[];
      /** Sums of squares; 0 where the source counts none. */
      squares_us2: readonly number[];
      returned_rows: readonly number[];
    };
  };
  /** One row per query with its newest baseline's slots, as arrays of equal length; `query_hash` '' means all. */
  judge_baselines: {
    params: OfQuery & JudgedSpan;
    row: {
      query_hash: string;
      computed_at: Utc;
      percentile_origin: PercentileOrigin;
      scopes: readonly ('hour_of_week' | 'hour_of_day' | 'global')[];
      slots: readonly number[];
      points: readonly number[];
      medians_ln_us: readonly number[];
      sigmas_ln: readonly number[];
      autocorrelations: readonly number[];
      calls_per_point: readonly number[];
      rows_per_call: readonly number[];
    };
  };
  judge_load: { params: OfInstance & JudgedSpan; row: { load: number } };
  judge_deltas: {
    params: OfQuery & JudgedSpan;
    row: { window_start: Utc; window_end: Utc; window_calls: number; window_time_us: number };
  };
  judge_regressions: {
    params: OfInstance & { readonly as_of: Utc };
    row: {
      regression_id: string;
      query_hash: string;
      state: RegressionState;
      payload: string;
      resolved_at: Utc;
      resolved_by: string;
      opened_at: Utc;
      updated_at: Utc;
    };
  };
  judge_events: {
    params: OfInstance & JudgedSpan & { readonly until: Utc };
    row: {
      occurred_at: Utc;
      noticed_after: Utc;
      kind: string;
      database_name: string;
      object_name: string;
      subject: string;
      query_hash: string;
      before: string;
      after: string;
    };
  };
  judge_tables: {
    params: OfInstance & JudgedSpan & { readonly onset_at: Utc };
    row: {
      database_name: string;
      schema_name: string;
      table_name: string;
      rows_before: number;
      rows_after: number;
      modified_rows: number;
      estimated_rows: number | null;
      is_known_before: 0 | 1;
      is_known_after: 0 | 1;
    };
  };
  judge_waits: {
    params: OfQuery & JudgedSpan & { readonly onset_at: Utc };
    row: { wait_class: string; wait_event: string; load_before: number; load_after: number; samples_after: number };
  };
  /** The dearest queries since `since`; `plan` is the newest tree, '' when none is known. */
  judge_workload: {
    params: OfInstance & JudgedSpan & { readonly limit: number };
    row: {
      query_hash: string;
      database_name: string;
      template: string;
      features: string;
      calls: number;
      total_time_us: number;
      rows_returned: number;
      logical_read_bytes: number;
      temp_written_bytes: number;
      span_s: number;
      plan: string;
    };
  };
  judge_queries: { params: OfQuery; row: { query_hash: string; features: string; template: string } };
  judge_applied: {
    params: OfInstance & { readonly as_of: Utc };
    row: {
      recommendation_id: string;
      applied_at: Utc;
      payload: string;
      measurement: string;
      measured_note: string;
    };
  };
}

export type ViewName = keyof Views;
export type ViewRow<Name extends ViewName> = Readonly<Views[Name]['row']>;
export type ViewParams<Name extends ViewName> = Views[Name]['params'];
