import type { RecommendationState, RegressionState } from './events.js';
import type { Utc } from './time.js';
import type { OfInstance } from './view-params.js';

/** What was appended to one regression or recommendation, and by whom. */
interface HistoryRow {
  kind: string;
  occurred_at: Utc;
  actor: string;
  note: string;
  payload: string;
}

/** Regressions and recommendations: their newest state, what happened to each, and what alerts fire on. */
export interface FindingViews {
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
    row: HistoryRow;
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
    row: HistoryRow;
  };
  /** One row per applied recommendation with a final measurement: expected beside measured. Ratios: after / before. */
  estimate_outcomes: {
    params: OfInstance & { readonly as_of: Utc };
    row: {
      recommendation_id: string;
      instance_id: string;
      engine: string;
      detector: string;
      action_kind: string;
      proof: string;
      title: string;
      applied_at: Utc;
      measured_at: Utc;
      verdict: string;
      control_queries: number;
      uncalibrated_ratio: number;
      uncalibrated_low: number;
      uncalibrated_high: number;
      told_ratio: number;
      told_low: number;
      told_high: number;
      actual_ratio: number;
      actual_low: number;
      actual_high: number;
    };
  };
  /** How good estimates of each engine, action and proof were. */
  model_accuracy: {
    params: OfInstance & { readonly as_of: Utc };
    row: {
      engine: string;
      action_kind: string;
      proof: string;
      outcomes: number;
      /** Mean of |ratio − measured ratio|, as a detector estimated it and as it was told. */
      uncalibrated_error: number;
      told_error: number;
      /** Share of outcomes inside the told 80 % interval. */
      inside_share: number;
      /** Share of outcomes that were faster where a saving was told, or slower where a loss was. */
      direction_share: number;
      /** Geometric mean of measured ratio / expected ratio: above 1 the estimates promise too much. */
      uncalibrated_bias: number;
      told_bias: number;
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
}
