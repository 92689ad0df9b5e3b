import { utc } from '@plumbline/contracts';
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

/** Facts with a time of arrival (`stored_at`): what was not there yet at a past moment must not be judged by. */
export const arriving_tables = [
  ...['query_deltas', 'query_runs', 'wait_deltas', 'instance_metrics', 'instance_events', 'setting_snapshots'],
  ...['table_snapshots', 'index_snapshots', 'index_hint_snapshots', 'column_snapshots'],
  ...['reflection_snapshots', 'table_file_snapshots'],
] as readonly string[];

/** The rows with `at` as their arrival. `ndjson`: one object per line, as an insert takes it. */
export function arrived(table: string, ndjson: string, at: Date): string {
  if (!arriving_tables.includes(table)) return ndjson;
  const lines = ndjson.endsWith('\n') ? ndjson : `${ndjson}\n`;
  // A newline inside a text is written as an escape, so only a line's end looks like this.
  return lines.replaceAll('}\n', `,"stored_at":"${utc(at)}"}\n`);
}
