import type { Table, TableRow, Value } from './sql-values.js';

/** One execution as the stand-in keeps it; times are ms since 1970, 0 for a phase that never began. */
export interface RunOfStandIn {
  readonly job_id: string;
  readonly status: string;
  readonly query_type: string;
  readonly user_name: string;
  readonly query: string;
  readonly submitted_ms: number;
  readonly final_ms: number;
  readonly over?: Readonly<Record<string, Value>>;
}

const phases = [
  ...['submitted', 'attempt_started', 'metadata_retrieval', 'planning_start', 'query_enqueued', 'engine_start'],
  ...['execution_planning', 'execution_start', 'final_state'],
] as const;

const typed = (type: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, type]));

const common = {
  ...typed('VARCHAR', ['job_id', 'status', 'query_type', 'user_name']),
  ...typed('INTEGER', ['attempt_count']),
  ...typed('DOUBLE', ['planner_estimated_cost']),
  ...typed('BIGINT', ['rows_scanned', 'bytes_scanned', 'rows_returned', 'bytes_returned']),
  ...typed('BOOLEAN', ['accelerated']),
  ...typed('VARCHAR', ['queue_name', 'engine', 'error_msg', 'query']),
};

/** `sys.jobs_recent` by the versions that added columns (the contract sheet, section 3). */
const recent_24 = {
  ...common,
  ...typed('VARCHAR', ['queried_datasets', 'scanned_datasets']),
  ...typed(
    'TIMESTAMP',
    phases.map((phase) => `${phase}_ts`),
  ),
  ...typed(
    'BIGINT',
    phases.map((phase) => `${phase}_epoch_millis`),
  ),
};
const recent_25 = {
  ...recent_24,
  ...typed('BOOLEAN', ['is_profile_incomplete']),
  ...typed('BIGINT', ['execution_allocated_bytes', 'execution_cpu_time_millis']),
};
const recent_26 = {
  ...recent_25,
  ...typed('DOUBLE', ['query_cost']),
  ...typed('BIGINT', ['memory_allocated', 'setup_time_ns', 'wait_time_ns', 'execution_cpu_time_ns']),
  ...typed('VARCHAR', ['context', 'rule_name', 'rule_content', 'rule_action']),
};
const cloud_phases = phases.map((phase) => (phase === 'execution_planning' ? 'execution_planning_start' : phase));
/** `sys.project.history.jobs`: nanoseconds, lists instead of texts, no queue in older projects. */
const cloud_history = {
  ...common,
  ...typed('LIST', ['queried_datasets', 'scanned_datasets', 'query_chunks', 'reflection_matches']),
  ...typed(
    'TIMESTAMP',
    cloud_phases.map((phase) => `${phase}_ts`),
  ),
  ...typed(
    'BIGINT',
    cloud_phases.map((phase) => `${phase}_epoch`),
  ),
  ...typed('BIGINT', ['execution_cpu_time_ns', 'memory_available']),
  ...typed('LIST', ['execution_nodes']),
};

export const history_columns = { recent_24, recent_25, recent_26, cloud_history } as const;
export type HistoryVersion = keyof typeof history_columns;

const textTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

export function historyTable(version: HistoryVersion, runs: readonly RunOfStandIn[]): Table {
  const columns = history_columns[version];
  return { columns, rows: runs.map((run) => rowOf(run, version, columns)) };
}

function rowOf(run: RunOfStandIn, version: HistoryVersion, columns: Readonly<Record<string, string>>): TableRow {
  const row: Record<string, Value> = Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [name, type === 'BIGINT' ? 0n : null]),
  );
  const is_over = run.final_ms > 0;
  const times: Record<string, number> = Object.fromEntries(phases.map((phase) => [phase, run.submitted_ms]));
  times['execution_start'] = is_over ? Math.min(run.final_ms, run.submitted_ms + 3) : 0;
  times['final_state'] = run.final_ms;
  for (const phase of phases) {
    const ms = times[phase] ?? 0;
    const name = version === 'cloud_history' && phase === 'execution_planning' ? 'execution_planning_start' : phase;
    if (version === 'cloud_history') {
      row[`${name}_epoch`] = BigInt(ms) * 1_000_000n;
      row[`${name}_ts`] = ms === 0 ? null : textTime(ms);
    } else {
      row[`${name}_epoch_millis`] = BigInt(ms);
      row[`${name}_ts`] = textTime(ms);
    }
  }
  const { job_id, status, query_type, user_name, query } = run;
  const told = { job_id, status, query_type, user_name, query, attempt_count: 1, accelerated: false, error_msg: '' };
  return { ...row, ...told, ...run.over };
}
