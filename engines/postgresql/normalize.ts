import {
  counters,
  sinceCreation,
  subtract,
  zero_measures,
  type StatementCounters,
  type StatementDelta,
  type StatementMeasures,
} from '@plumbline/contracts';

/** One row of pg_stat_statements as collect/statements@*.sql gives it. 64-bit numbers are text. */
export interface RawStatement {
  readonly dbid: string;
  readonly userid: string;
  readonly is_toplevel: boolean;
  /** Null when the role may not see this statement. */
  readonly queryid: string | null;
  readonly calls: string;
  readonly plans: string;
  readonly total_exec_time: number;
  readonly mean_exec_time: number;
  readonly stddev_exec_time: number;
  readonly total_plan_time: number;
  readonly rows: string;
  readonly shared_blks_hit: string;
  readonly shared_blks_read: string;
  readonly shared_blks_written: string;
  readonly local_blks_hit: string;
  readonly local_blks_read: string;
  readonly local_blks_written: string;
  readonly temp_blks_read: string;
  readonly temp_blks_written: string;
  readonly wal_bytes: string;
  readonly read_times_ms: readonly number[];
  readonly write_times_ms: readonly number[];
  /** 1.11+: stats_since as text. Before: ''. */
  readonly epoch: string;
}

/** Cumulative ms are made whole µs before they are subtracted: rounded ends telescope, rounded differences do not. */
export const microseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000));

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** @param reset_epoch when the whole view was emptied, for versions whose rows do not carry their own epoch */
export function toCounters(raw: RawStatement, block_bytes: number, reset_epoch: string): StatementCounters {
  const bytes = (...blocks: string[]): bigint => sum(blocks.map(BigInt)) * BigInt(block_bytes);
  return counters(
    {
      calls: BigInt(raw.calls),
      total_time_us: microseconds(raw.total_exec_time),
      sum_square_time_us2: sumOfSquares(raw),
      plan_calls: BigInt(raw.plans),
      plan_time_us: microseconds(raw.total_plan_time),
      io_read_time_us: sum(raw.read_times_ms.map(microseconds)),
      io_write_time_us: sum(raw.write_times_ms.map(microseconds)),
      rows_returned: BigInt(raw.rows),
      logical_read_bytes: bytes(raw.shared_blks_hit, raw.shared_blks_read, raw.local_blks_hit, raw.local_blks_read),
      physical_read_bytes: bytes(raw.shared_blks_read, raw.local_blks_read),
      written_bytes: bytes(raw.shared_blks_written, raw.local_blks_written),
      temp_read_bytes: bytes(raw.temp_blks_read),
      temp_written_bytes: bytes(raw.temp_blks_written),
      wal_bytes: BigInt(raw.wal_bytes),
    },
    raw.epoch === '' ? reset_epoch : raw.epoch,
  );
}

/** stddev_exec_time is the population one: Σx² = calls · (stddev² + mean²). */
function sumOfSquares(raw: RawStatement): number {
  const mean_us = raw.mean_exec_time * 1000;
  const stddev_us = raw.stddev_exec_time * 1000;
  return Number(raw.calls) * (stddev_us ** 2 + mean_us ** 2);
}

export interface Change {
  readonly delta: StatementDelta;
  readonly is_reset: boolean;
}

/** What happened since `before`; all of `now` when the entry is new or was made anew in between. */
export function changeOf(now: StatementCounters, before: StatementCounters | undefined): Change {
  if (before === undefined) return { delta: sinceCreation(now), is_reset: false };
  const delta = subtract(now, before);
  return delta === undefined ? { delta: sinceCreation(now), is_reset: true } : { delta, is_reset: false };
}

/** The whole-number measures in a fixed order: the compact form of the state. */
const packed_names = [
  'calls',
  'total_time_us',
  'rows_returned',
  'logical_read_bytes',
  'physical_read_bytes',
  'written_bytes',
  'io_read_time_us',
  'io_write_time_us',
  'temp_read_bytes',
  'temp_written_bytes',
  'wal_bytes',
  'plan_calls',
  'plan_time_us',
] as const satisfies readonly (keyof StatementMeasures)[];

/** Counters as JSON: epoch, sum of squares, whole numbers as one text with closing zeros left out. */
export type PackedCounters = readonly [epoch: string, sum_square_time_us2: number, whole: string];

export function pack(now: StatementCounters): PackedCounters {
  const whole = packed_names.map((name) => now[name].toString()).join(' ');
  return [now.epoch, now.sum_square_time_us2, whole.replace(/( 0)+$/, '')];
}

export function unpack([epoch, sum_square_time_us2, whole]: PackedCounters): StatementCounters {
  const values = whole.split(' ');
  const measures = Object.fromEntries(packed_names.map((name, place) => [name, BigInt(values[place] ?? '0')]));
  return counters({ ...measures, sum_square_time_us2 }, epoch);
}

/** The state of a new entry whose text is awaited: everything counted since its creation is still to be told. */
export const nothingCounted = (epoch: string): StatementCounters => counters(zero_measures, epoch);
