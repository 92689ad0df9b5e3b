import type { ThresholdRow } from './judgement.js';
import type { Utc } from './time.js';
import type { OfInstance, OfSpan } from './view-params.js';

/** `database_name` '' means all of an instance together. */
interface OfDatabase {
  readonly database_name: string;
}

/** light: short statements, but too few a second to call it oltp. unknown: too little ran to say. */
export type WorkloadClass = 'oltp' | 'olap' | 'mixed' | 'light' | 'unknown';
export type ShiftKind = 'level' | 'profile' | 'write_share';
export type CollectionGapKind = 'not_collected' | 'counter_reset' | 'eviction' | 'restart' | 'crash';

/** The workload of an instance as a whole: when, of what kind, how it moves, how much of it is known. */
export interface PatternViews {
  /** Every number of the analytics settings as it is in force; empty until the analytics jobs have run once. */
  analytics_thresholds_latest: { params: Record<never, never>; row: ThresholdRow };
  /** One row per watched hour. */
  workload_hours: {
    params: OfInstance & OfDatabase & OfSpan;
    row: {
      instance_id: string;
      hour_at: Utc;
      /** 0 is Monday 00:00 to 01:00 UTC. */
      hour_of_week: number;
      watched_s: number;
      calls: number;
      total_time_s: number;
      read_calls: number;
      write_calls: number;
      load: number;
    };
  };
  /** One row per hour of the week that was watched. */
  workload_profile: {
    params: OfInstance & OfDatabase & OfSpan;
    row: {
      instance_id: string;
      hour_of_week: number;
      /** How many hours the slot is made of. */
      watched_hours: number;
      load: number;
      calls_per_s: number;
      mean_load: number;
      is_peak: 0 | 1;
    };
  };
  /** What kind of work an instance does, and each of its databases. Shares are of the statement time. */
  workload_pattern: {
    params: OfInstance & OfSpan;
    row: {
      instance_id: string;
      scope: 'instance' | 'database';
      /** '' for scope instance. */
      database_name: string;
      workload_class: WorkloadClass;
      queries: number;
      calls: number;
      calls_per_s: number;
      load: number;
      mean_time_us: number;
      rows_per_call: number;
      logical_read_bytes_per_call: number;
      short_time_share: number;
      heavy_time_share: number;
      read_calls: number;
      write_calls: number;
      read_time_share: number;
      write_time_share: number;
      watched_since_at: Utc;
    };
  };
  /** The span against the same hours of the weeks before it; no row where the instance was not watched in the span. */
  workload_shifts: {
    params: OfInstance & OfDatabase & OfSpan;
    row: {
      instance_id: string;
      shift_kind: ShiftKind;
      /** level: mean load. profile: the busiest hour of the week. write_share: 0 to 1. */
      value_before: number;
      value_now: number;
      /** level: ratio of the larger to the smaller. profile, write_share: 0 to 1. */
      moved_by: number;
      least_move: number;
      usual_move: number | null;
      compared_hours: number;
      weeks_before: number;
      verdict: 'moved' | 'steady' | 'unknown';
    };
  };
  /** Queries that came or stayed away. Sums of a new one are of the span, of a vanished one of the days before it. */
  query_turnover: {
    params: OfInstance & OfSpan & { readonly limit: number };
    row: {
      instance_id: string;
      query_hash: string;
      change: 'new' | 'vanished';
      database_name: string;
      template: string;
      statement_class: string;
      first_seen_at: Utc;
      last_seen_at: Utc;
      days_seen: number;
      calls: number;
      total_time_s: number;
      share_of_instance_time: number;
    };
  };
  /** Share of the time the server counted that collected statements explain; null where the server counts none. */
  workload_completeness: {
    params: OfInstance & OfSpan & { readonly step_s: number };
    row: {
      point_at: Utc;
      instance_id: string;
      engine_time_metric: string;
      collected_time_s: number;
      engine_time_s: number | null;
      explained_share: number | null;
    };
  };
  /** When statements do not tell the whole story: the gap lies after `began_at` and not after `ended_at`. */
  collection_gaps: {
    params: OfInstance & OfSpan;
    row: {
      instance_id: string;
      began_at: Utc;
      ended_at: Utc;
      gap_kind: CollectionGapKind;
      object_name: string;
    };
  };
}
