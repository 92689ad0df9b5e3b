import type { RegressionState } from './events.js';
import type { PercentileOrigin } from './rows.js';
import type { Utc } from './time.js';
import type { OfInstance, OfJudgedSpan, OfQuery } from './view-params.js';

/** What the judge itself asks, as known at `as_of`, so that a past judgement can be made again (clickhouse/views/judge_*). */
export interface JudgeViews {
  judge_instances: { params: OfJudgedSpan; row: { instance_id: string } };
  /** Whose baselines to learn; `computed_at` is 1970 for a query that has none. */
  judge_due: { params: OfInstance & OfJudgedSpan; row: { query_hash: string; computed_at: Utc; is_mature: 0 | 1 } };
  /** One row per query; the arrays are of equal length, one value per detector point, in order. */
  judge_points: {
    params: OfInstance &
      OfJudgedSpan & {
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
  /** One row per query with its newest baseline's slots, as arrays of equal length; `query_hashes` as in judge_points. */
  judge_baselines: {
    params: OfInstance & OfJudgedSpan & { readonly query_hashes: string };
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
      long_autocorrelations: readonly number[];
      calls_per_point: readonly number[];
      rows_per_call: readonly number[];
    };
  };
  judge_load: { params: OfInstance & OfJudgedSpan; row: { load: number } };
  judge_features: { params: { readonly as_of: Utc }; row: { entities: number } };
  judge_deltas: {
    params: OfQuery & OfJudgedSpan;
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
    params: OfInstance & OfJudgedSpan & { readonly until: Utc };
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
    params: OfInstance & OfJudgedSpan & { readonly onset_at: Utc };
    row: {
      database_name: string;
      schema_name: string;
      table_name: string;
      rows_before: number;
      rows_after: number;
      dead_rows_before: number;
      dead_rows_after: number;
      modified_rows: number;
      estimated_rows: number | null;
      is_known_before: 0 | 1;
      is_known_after: 0 | 1;
    };
  };
  judge_waits: {
    params: OfQuery & OfJudgedSpan & { readonly onset_at: Utc };
    row: { wait_class: string; wait_event: string; load_before: number; load_after: number; samples_after: number };
  };
  /** The dearest queries since `since`; `plan` is the newest tree, '' when none is known. */
  judge_workload: {
    params: OfInstance & OfJudgedSpan & { readonly limit: number };
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
