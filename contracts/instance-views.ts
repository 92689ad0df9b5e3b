import type { AspectStatusRow } from './aspects.js';
import type { SettingSnapshotRow } from './snapshot-rows.js';
import type { Utc } from './time.js';
import type { OfInstance, OfSpan } from './view-params.js';

/** The fleet, and one instance: its load, its state, what it was told, and how reading it goes. */
export interface InstanceViews {
  /** One row per instance: load, what is open, whether collection is healthy. */
  fleet: {
    params: OfSpan;
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
  instance_series: {
    params: OfInstance & OfSpan & { readonly step_s: number };
    row: { point_at: Utc; instance_id: string; calls: number; load: number; mean_time_us: number };
  };
  instance_waits: {
    params: OfInstance & OfSpan & { readonly step_s: number };
    row: { point_at: Utc; wait_class: string; load: number };
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
      /** The same for a primary and its replicas; '' where nobody said. */
      cluster_name: string;
      is_replica: 0 | 1;
      observed_at: Utc;
    };
  };
  aspects_latest: { params: OfInstance; row: AspectStatusRow };
  /** Rows that the collector's checks kept out, per aspect, table, check and reason. */
  quarantine_summary: {
    params: OfInstance & OfSpan;
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
    params: OfInstance & OfSpan;
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
    params: OfInstance & OfSpan;
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
  alert_aspects: {
    params: Record<never, never>;
    row: { instance_id: string; aspect: string; state: string; fix: string; value: number };
  };
  alert_lanes: { params: Record<never, never>; row: { lane: string; value: number } };
  /** Kafka's partitions, as known at `at`; none where batches are carried in process. */
  lanes_latest: {
    params: { readonly at: Utc };
    row: {
      lane: string;
      told_at: Utc;
      lag_messages: number;
      /** Since the broker has the oldest message that is not stored; 0: all is. */
      lag_s: number;
      /** Since a sink told of the lane. */
      silent_s: number;
      /** `lag_s`, or `silent_s` once that is more than five minutes. */
      late_s: number;
    };
  };
}
