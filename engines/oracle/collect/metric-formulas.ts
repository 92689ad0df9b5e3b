import type { InstanceMetricRow } from '@plumbline/contracts';
import { sinceReset } from './since-reset.js';

export type Metric = Pick<InstanceMetricRow, 'metric' | 'value' | 'unit'>;

/** Where a statistic stands: the three views count since the start of the instance, each in its own unit. */
export type StatisticKind = 'time_model' | 'system' | 'host';

export interface Statistic {
  readonly kind: StatisticKind;
  readonly name: string;
  readonly value: bigint | null;
  /** The same with its fraction, which a gauge has. */
  readonly gauge: number | null;
}

interface Formula {
  readonly metric: string;
  readonly kind: StatisticKind;
  readonly name: string;
  readonly unit: string;
  /** From the view's unit to ours. */
  readonly factor?: number | 'block_bytes';
  /** What is, not what was counted. */
  readonly is_gauge?: boolean;
}

const us_per_centisecond = 10_000;
const of_time_model = (metric: string, name: string): Formula => ({ metric, kind: 'time_model', name, unit: 'us' });
const of_system = (metric: string, name: string, unit = 'count'): Formula => ({ metric, kind: 'system', name, unit });

/** The time model counts µs; V$SYSSTAT centiseconds, blocks or bytes, by name; V$OSSTAT centiseconds of all processors. */
export const formulas: readonly Formula[] = [
  of_time_model('time.database_us', 'DB time'),
  of_time_model('time.cpu_us', 'DB CPU'),
  of_time_model('time.sql_us', 'sql execute elapsed time'),
  of_time_model('time.parse_us', 'parse time elapsed'),
  of_time_model('time.hard_parse_us', 'hard parse elapsed time'),
  of_time_model('time.plsql_us', 'PL/SQL execution elapsed time'),
  of_time_model('time.background_us', 'background elapsed time'),
  of_system('transactions.committed', 'user commits'),
  of_system('transactions.rolled_back', 'user rollbacks'),
  of_system('statements.executed', 'execute count'),
  of_system('statements.parsed', 'parse count (total)'),
  of_system('statements.hard_parsed', 'parse count (hard)'),
  of_system('sessions.opened', 'logons cumulative'),
  of_system('io.read_bytes', 'physical read total bytes', 'bytes'),
  of_system('io.written_bytes', 'physical write total bytes', 'bytes'),
  of_system('log.written_bytes', 'redo size', 'bytes'),
  { ...of_system('buffers.logical_read_bytes', 'session logical reads', 'bytes'), factor: 'block_bytes' },
  { ...of_system('buffers.physical_read_bytes', 'physical reads', 'bytes'), factor: 'block_bytes' },
  { ...of_system('sessions.cpu_us', 'CPU used by this session', 'us'), factor: us_per_centisecond },
  of_system('sorts.on_disk', 'sorts (disk)'),
  { metric: 'host.busy_us', kind: 'host', name: 'BUSY_TIME', unit: 'us', factor: us_per_centisecond },
  { metric: 'host.idle_us', kind: 'host', name: 'IDLE_TIME', unit: 'us', factor: us_per_centisecond },
  { metric: 'host.io_wait_us', kind: 'host', name: 'IOWAIT_TIME', unit: 'us', factor: us_per_centisecond },
  { metric: 'host.load', kind: 'host', name: 'LOAD', unit: 'count', is_gauge: true },
  { metric: 'host.processors', kind: 'host', name: 'NUM_CPUS', unit: 'count', is_gauge: true },
  { metric: 'host.memory_bytes', kind: 'host', name: 'PHYSICAL_MEMORY_BYTES', unit: 'bytes', is_gauge: true },
];

const nameOf = ({ kind, name }: Pick<Statistic, 'kind' | 'name'>): string => `${kind}:${name}`;

export interface Elapsed {
  readonly elapsed_us: number;
  readonly block_bytes: number;
}

/** @param before empty after a restart: what is there now was counted since */
export function metricsBetween(
  now: readonly Statistic[],
  before: readonly Statistic[],
  { elapsed_us, block_bytes }: Elapsed,
): Metric[] {
  const older = new Map(before.map((statistic) => [nameOf(statistic), statistic.value]));
  const newer = new Map(now.map((statistic) => [nameOf(statistic), statistic]));
  const values = new Map<string, Metric>();
  for (const { metric, unit, factor = 1, is_gauge = false, ...statistic } of formulas) {
    const is = newer.get(nameOf(statistic));
    if (is === undefined || is.value === null) continue;
    const counted = is_gauge ? (is.gauge ?? 0) : sinceReset(is.value, older.get(nameOf(statistic)));
    values.set(metric, { metric, unit, value: Number(counted) * (factor === 'block_bytes' ? block_bytes : factor) });
  }
  return [...values.values(), ...ratiosOf(values, elapsed_us)];
}

function ratiosOf(values: ReadonlyMap<string, Metric>, elapsed_us: number): Metric[] {
  const ratios: Metric[] = [];
  const busy = values.get('host.busy_us')?.value;
  const idle = values.get('host.idle_us')?.value;
  if (busy !== undefined && idle !== undefined && busy + idle > 0) {
    ratios.push({ metric: 'host.cpu_used_ratio', value: busy / (busy + idle), unit: 'ratio' });
  }
  const database = values.get('time.database_us')?.value;
  if (database !== undefined && elapsed_us > 0) {
    ratios.push({ metric: 'sessions.average_active', value: database / elapsed_us, unit: 'count' });
  }
  return ratios;
}
