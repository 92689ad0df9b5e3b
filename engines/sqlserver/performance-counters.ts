import type { InstanceMetricRow } from '@plumbline/contracts';

/** One row of sys.dm_os_performance_counters. */
export interface CounterRow {
  readonly object_name: string;
  readonly counter_name: string;
  readonly instance_name: string;
  readonly value: bigint;
  readonly type: number;
}

export type Metric = Pick<InstanceMetricRow, 'metric' | 'value' | 'unit'>;

interface Wanted {
  /** Without what stands before the colon: `SQLServer` or the name of the instance. */
  readonly object: string;
  readonly counter: string;
  readonly base?: string;
  readonly instance?: string;
  readonly metric: string;
  readonly unit: string;
  readonly factor?: number;
}

const wanted: readonly Wanted[] = [
  { object: 'SQL Statistics', counter: 'Batch Requests/sec', metric: 'statements.batches', unit: 'count' },
  { object: 'SQL Statistics', counter: 'SQL Compilations/sec', metric: 'statements.compilations', unit: 'count' },
  { object: 'SQL Statistics', counter: 'SQL Re-Compilations/sec', metric: 'statements.recompilations', unit: 'count' },
  { object: 'General Statistics', counter: 'User Connections', metric: 'sessions.connected', unit: 'count' },
  { object: 'General Statistics', counter: 'Logins/sec', metric: 'sessions.logins', unit: 'count' },
  {
    ...{ object: 'Buffer Manager', counter: 'Buffer cache hit ratio', base: 'Buffer cache hit ratio base' },
    ...{ metric: 'buffer.hit_ratio', unit: 'ratio' },
  },
  { object: 'Buffer Manager', counter: 'Page life expectancy', metric: 'buffer.page_life_expectancy_s', unit: 's' },
  { object: 'Buffer Manager', counter: 'Page reads/sec', metric: 'buffer.pages_read', unit: 'count' },
  { object: 'Buffer Manager', counter: 'Page writes/sec', metric: 'buffer.pages_written', unit: 'count' },
  { object: 'Buffer Manager', counter: 'Lazy writes/sec', metric: 'buffer.lazy_writes', unit: 'count' },
  { object: 'Buffer Manager', counter: 'Checkpoint pages/sec', metric: 'checkpoints.pages_written', unit: 'count' },
  {
    ...{ object: 'Plan Cache', counter: 'Cache Hit Ratio', base: 'Cache Hit Ratio Base', instance: '_Total' },
    ...{ metric: 'plan_cache.hit_ratio', unit: 'ratio' },
  },
  {
    ...{ object: 'Locks', counter: 'Number of Deadlocks/sec', instance: '_Total' },
    ...{ metric: 'database.deadlocks', unit: 'count' },
  },
  { object: 'Locks', counter: 'Lock Waits/sec', instance: '_Total', metric: 'locks.waits', unit: 'count' },
  { object: 'Locks', counter: 'Lock Timeouts/sec', instance: '_Total', metric: 'locks.timeouts', unit: 'count' },
  {
    ...{ object: 'Locks', counter: 'Average Wait Time (ms)', base: 'Average Wait Time Base', instance: '_Total' },
    ...{ metric: 'locks.average_wait_us', unit: 'us', factor: 1_000 },
  },
  {
    ...{ object: 'Databases', counter: 'Transactions/sec', instance: '_Total' },
    ...{ metric: 'database.transactions', unit: 'count' },
  },
  { object: 'Databases', counter: 'Log Bytes Flushed/sec', instance: '_Total', metric: 'wal.bytes', unit: 'bytes' },
  { object: 'Databases', counter: 'Log Flushes/sec', instance: '_Total', metric: 'wal.flushes', unit: 'count' },
  {
    ...{ object: 'Databases', counter: 'Data File(s) Size (KB)', instance: '_Total' },
    ...{ metric: 'database.size_bytes', unit: 'bytes', factor: 1_024 },
  },
  { object: 'Access Methods', counter: 'Full Scans/sec', metric: 'access.full_scans', unit: 'count' },
  { object: 'Access Methods', counter: 'Page Splits/sec', metric: 'access.page_splits', unit: 'count' },
  { object: 'Access Methods', counter: 'Workfiles Created/sec', metric: 'temp.workfiles', unit: 'count' },
  { object: 'Access Methods', counter: 'Worktables Created/sec', metric: 'temp.worktables', unit: 'count' },
  { object: 'Memory Manager', counter: 'Memory Grants Pending', metric: 'memory.grants_pending', unit: 'count' },
  {
    ...{ object: 'Memory Manager', counter: 'Total Server Memory (KB)' },
    ...{ metric: 'memory.used_bytes', unit: 'bytes', factor: 1_024 },
  },
  {
    ...{ object: 'Memory Manager', counter: 'Target Server Memory (KB)' },
    ...{ metric: 'memory.target_bytes', unit: 'bytes', factor: 1_024 },
  },
];

/** Every counter and base that is read. */
export const counter_names: readonly string[] = [
  ...new Set(wanted.flatMap(({ counter, base }) => (base === undefined ? [counter] : [counter, base]))),
];

const type = { gauge: 65_792, per_second: 272_696_320, bulk: 272_696_576, ratio: 537_003_264, average: 1_073_874_176 };

/** The last values of what needs two readings, by metric: `[value, base]`. */
export type CounterState = Readonly<Record<string, readonly [value: string, base: string]>>;

export interface CounterMetrics {
  readonly metrics: readonly Metric[];
  readonly state: CounterState;
}

/**
 * Each counter by the formula of its type. Gauges are as they are; what is called "/sec" counts since the server
 * started, so the window's part is told; a ratio is divided by its base; an average is Δ by Δ of its base.
 */
export function counterMetrics(rows: readonly CounterRow[], before: CounterState): CounterMetrics {
  const metrics: Metric[] = [];
  const state: Record<string, readonly [string, string]> = {};
  for (const one of wanted) {
    const row = find(rows, one, one.counter);
    if (row === undefined) continue;
    const base = one.base === undefined ? undefined : find(rows, one, one.base);
    state[one.metric] = [row.value.toString(), (base?.value ?? 0n).toString()];
    const value = valueOf(row, base, before[one.metric]);
    if (value !== undefined) metrics.push({ metric: one.metric, value: value * (one.factor ?? 1), unit: one.unit });
  }
  return { metrics, state };
}

const find = (
  rows: readonly CounterRow[],
  { object, instance = '' }: Wanted,
  counter: string,
): CounterRow | undefined =>
  rows.find(
    (row) =>
      row.counter_name.toLowerCase() === counter.toLowerCase() &&
      row.object_name.endsWith(`:${object}`) &&
      row.instance_name === instance,
  );

/** Undefined where two readings are needed and there is one, or nothing happened to divide by. */
function valueOf(
  row: CounterRow,
  base: CounterRow | undefined,
  before: readonly [value: string, base: string] | undefined,
): number | undefined {
  switch (row.type) {
    case type.gauge:
      return Number(row.value);
    case type.ratio:
      return base === undefined || base.value === 0n ? undefined : Number(row.value) / Number(base.value);
    case type.per_second:
    case type.bulk:
      return before === undefined ? undefined : Number(grown(row.value, BigInt(before[0])));
    case type.average: {
      if (before === undefined || base === undefined) return undefined;
      const times = grown(base.value, BigInt(before[1]));
      return times === 0n ? undefined : Number(grown(row.value, BigInt(before[0]))) / Number(times);
    }
    default:
      return undefined;
  }
}

/** A counter that fell began anew at a restart: all of it is new. */
export const grown = (now: bigint, before: bigint): bigint => (now < before ? now : now - before);
