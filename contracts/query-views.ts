import type { PercentileOrigin, QueryRunRow } from './rows.js';
import type { Utc } from './time.js';
import type { OfInstance, OfQuery, OfSpan } from './view-params.js';

/** One query: what it costs, over time, waiting, by plan and by run. */
export interface QueryViews {
  /** Queries by total time in the span. */
  query_top: {
    params: OfInstance & OfSpan & { readonly limit: number };
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
    params: OfQuery & OfSpan & { readonly step_s: number };
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
    params: OfQuery & OfSpan;
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
  /** Single runs, the longest first, with the phases their time went to; only of engines that tell each run. */
  query_run_list: {
    params: OfQuery & OfSpan & { readonly limit: number };
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
  /** The newest features, not after `as_of`, of a query on an instance, of its statement and of the instance. */
  feature_lookup: {
    params: OfQuery & { readonly as_of: Utc; readonly version: number };
    row: {
      entity_kind: 'statement' | 'query' | 'instance';
      feature_set_version: number;
      as_of: Utc;
      /** What could not be worked out is not there. */
      features: Readonly<Record<string, number>>;
      lists: Readonly<Record<string, readonly string[]>>;
    };
  };
}
