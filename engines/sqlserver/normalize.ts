import {
  counters,
  measure_names,
  sinceCreation,
  zero_measures,
  type StatementCounters,
  type StatementDelta,
  type StatementMeasures,
} from '@plumbline/contracts';
import { timesCount } from './exact.js';

const page_bytes = 8192n;

/** One row of sys.query_store_runtime_stats: averages over its runs, times in µs, I/O in 8-KB pages. */
export interface RuntimeRow {
  readonly plan_id: string;
  readonly interval_id: string;
  /** 0 regular, 3 aborted by the client, 4 exception. */
  readonly execution_type: number;
  readonly count: bigint;
  readonly duration_us: number;
  readonly duration_stdev_us: number;
  readonly min_duration_us: number | null;
  readonly max_duration_us: number | null;
  readonly cpu_time_us: number;
  readonly logical_reads: number;
  readonly logical_writes: number;
  readonly physical_reads: number;
  readonly rowcount: number;
  readonly log_bytes: number;
  readonly tempdb_pages: number;
  readonly native_id: string;
  readonly plan_hash: string;
  readonly text_id: string;
}

/** What one plan did inside one interval: the sums of its rows. They grow until the interval is closed. */
export interface IntervalTotals {
  readonly plan_id: string;
  readonly interval_id: string;
  readonly native_id: string;
  readonly plan_hash: string;
  readonly text_id: string;
  readonly totals: StatementCounters;
  readonly min_time_us: number | null;
  readonly max_time_us: number | null;
}

/**
 * Sums the rows of each (plan, interval): an open interval has several, of what is on disk and what is still in memory,
 * and one for each way a run ended. total = Σ avg·n, Σx² = Σ n·(stdev² + avg²).
 */
export function intervalTotals(rows: readonly RuntimeRow[]): IntervalTotals[] {
  const sums = new Map<string, IntervalTotals>();
  for (const row of rows) {
    const key = totalsKey(row);
    const known = sums.get(key);
    const own = measuresOf(row);
    const sum = known === undefined ? { ...zero_measures, ...own } : added(known.totals, own);
    sums.set(key, {
      ...{ plan_id: row.plan_id, interval_id: row.interval_id, native_id: row.native_id },
      ...{ plan_hash: row.plan_hash, text_id: row.text_id },
      totals: counters(sum, `${row.native_id}.${row.plan_hash}`),
      min_time_us: extreme(Math.min, known?.min_time_us ?? null, row.min_duration_us),
      max_time_us: extreme(Math.max, known?.max_time_us ?? null, row.max_duration_us),
    });
  }
  return [...sums.values()];
}

export const totalsKey = (row: Pick<RuntimeRow, 'plan_id' | 'interval_id'>): string =>
  `${row.plan_id}.${row.interval_id}`;

const extreme = (choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : choose(a, b);

function added(one: StatementMeasures, other: Partial<StatementMeasures>): StatementMeasures {
  const sum: Record<string, bigint | number> = {};
  for (const name of measure_names) {
    sum[name] =
      name === 'sum_square_time_us2' ? one[name] + (other[name] ?? 0) : one[name] + ((other[name] ?? 0n) as bigint);
  }
  return sum as unknown as StatementMeasures;
}

function measuresOf(row: RuntimeRow): Partial<StatementMeasures> {
  const sum = (average: number): bigint => timesCount(average, row.count);
  return {
    calls: row.count,
    errors: row.execution_type === 0 ? 0n : row.count,
    total_time_us: sum(row.duration_us),
    sum_square_time_us2: Number(row.count) * (row.duration_stdev_us ** 2 + row.duration_us ** 2),
    cpu_time_us: sum(row.cpu_time_us),
    rows_returned: sum(row.rowcount),
    logical_read_bytes: sum(row.logical_reads) * page_bytes,
    physical_read_bytes: sum(row.physical_reads) * page_bytes,
    written_bytes: sum(row.logical_writes) * page_bytes,
    temp_written_bytes: sum(row.tempdb_pages) * page_bytes,
    wal_bytes: sum(row.log_bytes),
  };
}

/** One row of sys.dm_exec_query_stats: sums since the plan was compiled. */
export interface CacheRow {
  readonly executions: bigint;
  readonly elapsed_time_us: bigint;
  readonly worker_time_us: bigint;
  readonly logical_reads: bigint;
  readonly logical_writes: bigint;
  readonly physical_reads: bigint;
  readonly rows: bigint;
  readonly spills: bigint;
}

export const cacheCounters = (row: CacheRow): StatementCounters =>
  counters(
    {
      calls: row.executions,
      total_time_us: row.elapsed_time_us,
      cpu_time_us: row.worker_time_us,
      rows_returned: row.rows,
      logical_read_bytes: row.logical_reads * page_bytes,
      physical_read_bytes: row.physical_reads * page_bytes,
      written_bytes: row.logical_writes * page_bytes,
      temp_written_bytes: row.spills * page_bytes,
    },
    '',
  );

/** How a total stands to what was last told of it. */
export type Change =
  | { readonly kind: 'whole'; readonly delta: StatementDelta }
  | { readonly kind: 'grown'; readonly delta: StatementDelta }
  /** It fell: what was in memory at a crash is gone, and what was told of it has happened. Nothing is told twice. */
  | { readonly kind: 'fallen' };

export function changeOf(now: StatementCounters, before: StatementCounters | undefined): Change {
  if (before === undefined || before.epoch !== now.epoch) return { kind: 'whole', delta: sinceCreation(now) };
  const delta: Record<string, bigint | number> = {};
  for (const name of measure_names) {
    if (name === 'sum_square_time_us2') {
      delta[name] = Math.max(0, now[name] - before[name]);
      continue;
    }
    const difference = now[name] - before[name];
    if (difference < -tolerated(name, before[name])) return { kind: 'fallen' };
    delta[name] = difference < 0n ? 0n : difference;
  }
  return { kind: 'grown', delta: delta as unknown as StatementDelta };
}

/** When Query Store flushes it averages anew: a sum beyond a double's 53 bits may come back smaller in its last digits. */
const tolerated = (name: keyof StatementMeasures, before: bigint): bigint =>
  name === 'calls' || name === 'errors' ? 0n : before >> 50n;

/** Counters as JSON: epoch, sum of squares, whole numbers as one text with closing zeros left out. */
export type PackedCounters = readonly [epoch: string, sum_square_time_us2: number, whole: string];

const packed_names = measure_names.filter(
  (name): name is Exclude<keyof StatementMeasures, 'sum_square_time_us2'> => name !== 'sum_square_time_us2',
);

export function pack(now: StatementCounters): PackedCounters {
  const whole = packed_names.map((name) => now[name].toString()).join(' ');
  return [now.epoch, now.sum_square_time_us2, whole.replace(/( 0)+$/, '')];
}

export function unpack([epoch, sum_square_time_us2, whole]: PackedCounters): StatementCounters {
  const values = whole.split(' ');
  const measures = Object.fromEntries(packed_names.map((name, place) => [name, BigInt(values[place] ?? '0')]));
  return counters({ ...measures, sum_square_time_us2 }, epoch);
}
