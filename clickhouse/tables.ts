import type {
  BaselineRow,
  CollectedTables,
  RecommendationEventRow,
  RegressionEventRow,
  ThresholdRow,
} from '@plumbline/contracts';

/** Every table that is written from outside, with its row. */
export interface StoreTables extends CollectedTables {
  readonly regression_events: RegressionEventRow;
  readonly recommendation_events: RecommendationEventRow;
  readonly baselines: BaselineRow;
  readonly analytics_thresholds: ThresholdRow;
}
export type StoreTable = keyof StoreTables;

export const judgement_tables = [
  'regression_events',
  'recommendation_events',
  'baselines',
  'analytics_thresholds',
] as const;
export const rollup_tables = ['query_hourly', 'query_daily', 'instance_minutes'] as const;
