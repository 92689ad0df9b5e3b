import type { Utc } from './time.js';

export interface InstanceRow {
  readonly instance_id: string;
  readonly engine: string;
  readonly engine_label: string;
  readonly server_version: string;
  readonly abilities: readonly string[];
  readonly started_at: Utc | null;
  readonly is_enabled: 0 | 1;
  /** The same for a primary and its replicas; '' where nobody said. */
  readonly cluster_name: string;
  /** 1 for one that follows another and cannot be changed itself. */
  readonly is_replica: 0 | 1;
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
