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
