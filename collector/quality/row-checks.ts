import { fromUtc } from '@plumbline/contracts';
import type { CollectedTable } from '@plumbline/contracts';

export interface RowCheck {
  readonly check_name: 'range' | 'monotone' | 'freshness';
  readonly tables: readonly CollectedTable[];
  /** The reason, or undefined. The columns have their kinds already. */
  problem(row: Readonly<Record<string, unknown>>, now_ms: number): string | undefined;
}

/** Clocks of sources and collectors differ; more than this is no difference but a wrong clock or time zone. */
const most_ahead_s = 600;
/** What raw tables keep: an older row would be gone with the next merge. AWR brings weeks of history at once. */
const most_behind_s = 35 * 86_400;
/** A window longer than that is a reading of another epoch. */
const longest_window_s = 31 * 86_400;

const windowed: readonly CollectedTable[] = [
  ...(['query_deltas', 'wait_deltas', 'instance_metrics', 'table_snapshots', 'index_snapshots'] as const),
];
const observed: readonly CollectedTable[] = [
  ...([
    'setting_snapshots',
    'column_snapshots',
    'reflection_snapshots',
    'table_file_snapshots',
    'index_hint_snapshots',
  ] as const),
  ...(['instances', 'queries', 'plans', 'aspect_status'] as const),
];

const secondsOf = (row: Readonly<Record<string, unknown>>, column: string): number =>
  fromUtc(String(row[column])).getTime() / 1000;

const timeProblem = (column: string) => (row: Readonly<Record<string, unknown>>, now_ms: number) => {
  const ahead_s = secondsOf(row, column) - now_ms / 1000;
  if (ahead_s > most_ahead_s) return `${column} lies ${Math.round(ahead_s)} s in the future`;
  if (-ahead_s > most_behind_s) return `${column} lies ${Math.round(-ahead_s / 86_400)} days back, beyond what is kept`;
  return undefined;
};

/** Checks over more than one column, as data: a new one is a new entry. */
export const row_checks: readonly RowCheck[] = [
  {
    check_name: 'monotone',
    tables: windowed,
    problem: (row) => {
      const length_s = secondsOf(row, 'window_end') - secondsOf(row, 'window_start');
      if (length_s < 0) return 'window_end lies before window_start';
      return length_s > longest_window_s ? `the window lasts ${Math.round(length_s / 86_400)} days` : undefined;
    },
  },
  {
    check_name: 'monotone',
    tables: ['query_runs'],
    problem: (row) =>
      secondsOf(row, 'finished_at') < secondsOf(row, 'started_at') ? 'finished_at lies before started_at' : undefined,
  },
  { check_name: 'freshness', tables: windowed, problem: timeProblem('window_end') },
  { check_name: 'freshness', tables: observed, problem: timeProblem('observed_at') },
  { check_name: 'freshness', tables: ['query_runs'], problem: timeProblem('finished_at') },
  {
    check_name: 'range',
    tables: ['query_deltas'],
    problem: ({ min_time_us, max_time_us }) =>
      min_time_us !== null && max_time_us !== null && (min_time_us as number) > (max_time_us as number)
        ? 'min_time_us is above max_time_us'
        : undefined,
  },
  {
    check_name: 'range',
    tables: ['query_deltas'],
    problem: ({ bucket_upper_us, bucket_calls }) =>
      (bucket_upper_us as unknown[]).length === (bucket_calls as unknown[]).length
        ? undefined
        : 'bucket_upper_us and bucket_calls differ in length',
  },
];
