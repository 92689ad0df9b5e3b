import type { BaselineRow, CollectedTables, RecommendationEventRow, RegressionEventRow } from '@plumbline/contracts';

/** Every table that is written from outside, with its row. */
export interface StoreTables extends CollectedTables {
  readonly regression_events: RegressionEventRow;
  readonly recommendation_events: RecommendationEventRow;
  readonly baselines: BaselineRow;
}
export type StoreTable = keyof StoreTables;

const collected: Readonly<Record<keyof CollectedTables, true>> = {
  query_deltas: true,
  query_runs: true,
  wait_deltas: true,
  instance_metrics: true,
  setting_snapshots: true,
  table_snapshots: true,
  index_snapshots: true,
  column_snapshots: true,
  reflection_snapshots: true,
  table_file_snapshots: true,
  instance_events: true,
  instances: true,
  queries: true,
  plans: true,
  quarantined_rows: true,
  aspect_status: true,
};

/** What a batch may name; a Record above so that a table new in the contract does not compile until it is here. */
export const collected_tables = Object.keys(collected) as readonly (keyof CollectedTables)[];
export const judgement_tables = ['regression_events', 'recommendation_events', 'baselines'] as const;
export const rollup_tables = ['query_hourly', 'query_daily', 'instance_minutes'] as const;
