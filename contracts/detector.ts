import type { Action, RenderedAction } from './actions.js';
import type { Ability } from './dialects.js';
import type { WhatIf } from './engine.js';
import type { Features } from './features.js';
import type { Estimate, EvidenceItem, Regression, Severity } from './judgement.js';
import type { PlanIssue, PlanNode } from './plan.js';
import type { ColumnSnapshotRow, IndexSnapshotRow, TableSnapshotRow } from './snapshot-rows.js';
import type { Utc } from './time.js';
import type { ViewRow } from './views.js';

/** One query as the judge sees it over the judged span. */
export interface JudgedQuery {
  readonly query_hash: string;
  readonly database_name: string;
  readonly template: string;
  readonly features: Features;
  readonly calls: number;
  readonly total_time_us: number;
  readonly rows_returned: number;
  readonly logical_read_bytes: number;
  readonly temp_written_bytes: number;
  readonly span_s: number;
  readonly plan: PlanNode | null;
}

/** An index that was dropped in the judged span, as its instance event tells. */
export interface DroppedIndex {
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  readonly definition: string;
  readonly dropped_at: Utc;
}

/** A reflection as the judge sees it. Null and 0 where the engine does not tell. */
export type JudgedReflection = Omit<ViewRow<'reflections_latest'>, 'instance_id'>;
/** An index that the server itself missed while it planned. */
export type JudgedIndexHint = Omit<ViewRow<'index_hints_latest'>, 'instance_id'>;
/** Of what files a table is made. */
export type JudgedTableFiles = Omit<ViewRow<'table_files_latest'>, 'instance_id'>;

/** Another instance of the same cluster: it has the same indexes, and counts its own scans of them. */
export interface ReplicaUse {
  readonly instance_id: string;
  readonly index_scans: ReadonlyMap<string, number>;
  readonly observed_s: number;
}

/** One instance's facts over the judged span: all a detector may know. */
export interface DetectorInput {
  readonly instance_id: string;
  readonly engine: string;
  readonly queries: readonly JudgedQuery[];
  readonly tables: readonly TableSnapshotRow[];
  readonly indexes: readonly IndexSnapshotRow[];
  /** Scans per index over the whole observation, `schema.index` → scans; and how long that is. */
  readonly index_scans: ReadonlyMap<string, number>;
  readonly observed_s: number;
  /** Those of the cluster that are watched too; empty where the cluster is not known. */
  readonly replicas: readonly ReplicaUse[];
  /** It follows another: what it is to have is made there. */
  readonly is_replica: boolean;
  readonly columns: readonly ColumnSnapshotRow[];
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly unit: string }>;
  readonly regressions: readonly Regression[];
  readonly dropped_indexes: readonly DroppedIndex[];
  /** Null where they are not read, which is not the same as none. */
  readonly reflections: readonly JudgedReflection[] | null;
  readonly index_hints: readonly JudgedIndexHint[];
  readonly table_files: readonly JudgedTableFiles[];
  /** The time the facts are told for. */
  readonly as_of: Utc;
}

/** What may cost something to ask; a detector that proves its finding asks here. */
export interface DetectorTools {
  readonly what_if: WhatIf;
  render(action: Action): RenderedAction;
  /** What a plan does at a price, by the configured thresholds. `rows_of` tells the rows of a table where known. */
  planIssues(plan: PlanNode, rows_of: (schema: string, table: string) => number | undefined): readonly PlanIssue[];
}

/** Evidence and a structured action; the recommend job renders and files it. */
export interface Finding {
  /** What this finding is about, stable across runs: the recommendation's identity with detector and instance. */
  readonly target: string;
  readonly severity: Severity;
  readonly title: string;
  readonly reasoning: string;
  readonly evidence: readonly EvidenceItem[];
  readonly steps: readonly string[];
  readonly action: Action;
  readonly saved_seconds_per_day: Estimate | null;
  readonly cost_bytes: number | null;
  readonly cost_write_seconds_per_day: number | null;
  readonly proof: 'what_if' | 'not_proven';
  readonly proof_note: string;
  readonly query_hashes: readonly string[];
}

export interface Threshold {
  /** Name with unit: `min_dead_ratio`, `min_rows`. */
  readonly name: string;
  readonly value: number;
  readonly reason: string;
}

/** One file under analytics/detectors, default export; its doc comment and `<name>.cases.yml` are required. */
export interface Detector {
  readonly name: string;
  readonly summary: string;
  readonly needs: readonly Ability[];
  readonly thresholds: readonly Threshold[];
  /** SQL or a situation before and after, shown on the generated page. */
  readonly example: { readonly before: string; readonly after: string };
  detect(input: DetectorInput, tools: DetectorTools): Promise<readonly Finding[]>;
}
