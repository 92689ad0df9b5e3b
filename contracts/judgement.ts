import type { Action, RenderedAction } from './actions.js';
import type { PercentileOrigin } from './rows.js';
import type { RecommendationEventKind, RegressionEventKind } from './events.js';
import type { Utc } from './time.js';

/** An estimate is never a bare number: `low` to `high` is the 80 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type CauseKind =
  | 'index_dropped'
  | 'plan_changed'
  | 'statistics_stale'
  | 'table_grew'
  | 'table_bloated'
  | 'table_changed'
  | 'setting_changed'
  | 'cost_shifted'
  | 'calls_grew'
  | 'rows_per_call_grew'
  | 'waits_grew'
  | 'unknown';

export interface Cause {
  readonly kind: CauseKind;
  /** One sentence a DBA can check: what, on which object, when. */
  readonly sentence: string;
  readonly object_name: string;
  readonly subject: string;
  readonly occurred_at: Utc | null;
}

export type Severity = 'info' | 'warning' | 'critical';
export type RegressionKind = 'latency' | 'plan' | 'volume';

/** Latest state of one regression: payload of its newest event. Ratios: 2 means twice the baseline. */
export interface Regression {
  readonly regression_id: string;
  readonly instance_id: string;
  readonly query_hash: string;
  readonly kind: RegressionKind;
  readonly severity: Severity;
  /** The change lies in (onset_after, onset_at]. */
  readonly onset_at: Utc;
  readonly onset_after: Utc;
  readonly detected_at: Utc;
  readonly baseline_mean_us: number;
  readonly current_mean_us: number;
  readonly effect_ratio: number;
  readonly z_score: number;
  readonly extra_seconds_per_day: number;
  readonly share_of_instance_time: number;
  readonly baseline_scope: 'hour_of_week' | 'hour_of_day' | 'global';
  readonly percentile_origin: PercentileOrigin;
  readonly cause: Cause;
  /** Regressions with one shared cause carry one group id: the id of the group's first. */
  readonly group_id: string;
}

export interface RegressionEventRow {
  readonly regression_id: string;
  readonly instance_id: string;
  readonly query_hash: string;
  readonly kind: RegressionEventKind;
  readonly occurred_at: Utc;
  readonly actor: string;
  readonly note: string;
  /** JSON of `Regression`; '' for a person's answer. */
  readonly payload: string;
}

export interface EvidenceItem {
  readonly label: string;
  readonly value: string;
  /** The view and parameters that show it again. */
  readonly source: string;
}

/** Time after / before of a recommendation's queries together. */
export interface ExpectedTimeRatio {
  /** As its detector estimates it. */
  readonly uncalibrated: Estimate;
  /** Moved by what was measured of such advice, and what `saved_seconds_per_day` is made from. */
  readonly told: Estimate;
  /** How many measured outcomes of this engine, action and proof moved it. */
  readonly outcomes: number;
}

export interface Recommendation {
  readonly recommendation_id: string;
  readonly instance_id: string;
  readonly detector: string;
  readonly severity: Severity;
  readonly title: string;
  readonly reasoning: string;
  readonly evidence: readonly EvidenceItem[];
  readonly steps: readonly string[];
  readonly action: Action;
  readonly rendered: RenderedAction;
  /** Database seconds saved per day; negative values mean it may cost. Null when no honest estimate exists. */
  readonly saved_seconds_per_day: Estimate | null;
  /** Absent where the time of its queries is not known, and in recommendations made before it was told. */
  readonly expected_time_ratio?: ExpectedTimeRatio;
  /** What it costs: storage, and extra write time per day; null when unknown. */
  readonly cost_bytes: number | null;
  readonly cost_write_seconds_per_day: number | null;
  /** what_if: planned with the index imagined. not_proven: by rule and cost model only. */
  readonly proof: 'what_if' | 'not_proven';
  readonly proof_note: string;
  readonly query_hashes: readonly string[];
  readonly regression_ids: readonly string[];
}

export interface RecommendationEventRow {
  readonly recommendation_id: string;
  readonly instance_id: string;
  readonly kind: RecommendationEventKind;
  readonly occurred_at: Utc;
  readonly actor: string;
  readonly note: string;
  /** JSON of `Recommendation` (proposed) or `Measurement` (measured); '' otherwise. */
  readonly payload: string;
}

export type Verdict = 'improved' | 'worse' | 'not_distinguishable' | 'measuring';

/** Which times of before and after were compared: those at the same hours, or all as they came. */
export type MatchedBy = 'hour_of_week' | 'hour_of_day' | 'none';

/** Before and after an applied recommendation, control queries taken out (difference in differences). */
export interface Measurement {
  readonly recommendation_id: string;
  readonly instance_id: string;
  readonly applied_at: Utc;
  readonly measured_until: Utc;
  readonly verdict: Verdict;
  /** after / before mean time per run, controls removed; < 1 is faster. */
  readonly time_ratio: Estimate;
  readonly saved_seconds_per_day: Estimate;
  readonly before_mean_us: number;
  readonly after_mean_us: number;
  readonly before_points: number;
  readonly after_points: number;
  readonly control_queries: number;
  /** Change of the controls over the same time: what the verdict had to be cleaned of. */
  readonly control_ratio: number;
  /** The smallest |change| this much data could have shown, as a ratio above 1. */
  readonly smallest_visible_ratio: number;
  readonly sprt_likelihood_ratio: number;
  /** Absent in measurements made before it was told. */
  readonly matched_by?: MatchedBy;
  readonly per_query: readonly { readonly query_hash: string; readonly time_ratio: Estimate }[];
}

export interface BaselineRow {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly computed_at: Utc;
  readonly scope: 'hour_of_week' | 'hour_of_day' | 'global';
  /** hour_of_week: 0 = Monday 00:00 UTC … 167. hour_of_day: 0–23 weekdays, 24–47 weekend. global: 0. */
  readonly slot: number;
  readonly points: number;
  /** Of ln(mean µs per run) over points. */
  readonly median_ln_us: number;
  readonly sigma_ln: number;
  /** φ of an AR(1) series whose short windows vary as this query's do; lag 1 of a short history. Clipped to 0.97. */
  readonly autocorrelation: number;
  /** The same for long windows; never below the short one's. */
  readonly long_autocorrelation: number;
  readonly p50_us: number;
  readonly p95_us: number;
  readonly p99_us: number;
  readonly calls_per_point: number;
  readonly rows_per_call: number;
  readonly percentile_origin: PercentileOrigin;
}

/** One number of the analytics settings, as the judge has it. */
export interface ThresholdRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly published_at: Utc;
}
