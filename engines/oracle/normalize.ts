import {
  counters,
  sinceCreation,
  subtract,
  zero_measures,
  type DeltaFlag,
  type StatementCounters,
  type StatementDelta,
  type StatementMeasures,
} from '@plumbline/contracts';

/** What every source of Oracle counts of a statement. µs and blocks, as it gives them; null where it gives none. */
export interface RawMeasures {
  readonly executions: bigint | null;
  readonly elapsed_us: bigint | null;
  readonly cpu_us: bigint | null;
  readonly io_wait_us: bigint | null;
  /** Row locks and other waits that the application brings about. */
  readonly application_wait_us: bigint | null;
  /** Latches, the library cache, busy buffers. */
  readonly concurrency_wait_us: bigint | null;
  readonly rows_processed: bigint | null;
  readonly buffer_gets: bigint | null;
  readonly disk_reads: bigint | null;
  readonly physical_read_bytes: bigint | null;
  readonly physical_write_bytes: bigint | null;
}

/** Time is database time: a parallel statement's exceeds the clock's. A missing value counts nothing. */
function toMeasures(raw: RawMeasures, block_bytes: number): StatementMeasures {
  const block = BigInt(block_bytes);
  return {
    ...zero_measures,
    calls: raw.executions ?? 0n,
    total_time_us: raw.elapsed_us ?? 0n,
    cpu_time_us: raw.cpu_us ?? 0n,
    io_read_time_us: raw.io_wait_us ?? 0n,
    lock_time_us: (raw.application_wait_us ?? 0n) + (raw.concurrency_wait_us ?? 0n),
    rows_returned: raw.rows_processed ?? 0n,
    logical_read_bytes: (raw.buffer_gets ?? 0n) * block,
    physical_read_bytes: raw.physical_read_bytes ?? (raw.disk_reads ?? 0n) * block,
    written_bytes: raw.physical_write_bytes ?? 0n,
  };
}

export interface Change {
  readonly delta: StatementDelta;
  readonly flags: readonly DeltaFlag[];
}

/**
 * A row that AWR has already subtracted. A cursor that aged out and came back leaves NULL or a negative number there:
 * such a value counts nothing and the row is flagged. No executions with time is a statement that still runs: kept.
 */
export function intervalChange(raw: RawMeasures, block_bytes: number): Change {
  const essential = [raw.executions, raw.elapsed_us, raw.cpu_us, raw.rows_processed, raw.buffer_gets];
  const is_broken = essential.some((value) => value === null) || Object.values(raw).some(isNegative);
  const clamped = Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, isNegative(value) ? null : (value as bigint | null)]),
  ) as unknown as RawMeasures;
  return { delta: toMeasures(clamped, block_bytes) as StatementDelta, flags: is_broken ? ['counter_reset'] : [] };
}

const isNegative = (value: bigint | null): boolean => value !== null && value < 0n;

/** @param epoch the start of the instance: after a restart everything counts from zero */
export const toCounters = (raw: RawMeasures, block_bytes: number, epoch: string): StatementCounters =>
  counters(toMeasures(raw, block_bytes), epoch);

/** What happened since `before`; all of `now` when the cursor is new or was loaded anew in between. */
export function counterChange(now: StatementCounters, before: StatementCounters | undefined): Change {
  if (before === undefined) return { delta: sinceCreation(now), flags: [] };
  const delta = subtract(now, before);
  return delta === undefined ? { delta: sinceCreation(now), flags: ['counter_reset'] } : { delta, flags: [] };
}

/** The measures that Oracle has, in a fixed order: the compact form of the state. */
const packed_names = [
  'calls',
  'total_time_us',
  'cpu_time_us',
  'rows_returned',
  'logical_read_bytes',
  'physical_read_bytes',
  'io_read_time_us',
  'lock_time_us',
  'written_bytes',
] as const satisfies readonly (keyof StatementMeasures)[];

/** Counters as JSON: epoch, and whole numbers as one text with closing zeros left out. */
export type PackedCounters = readonly [epoch: string, whole: string];

export const pack = (now: StatementCounters): PackedCounters => [
  now.epoch,
  packed_names
    .map((name) => now[name].toString())
    .join(' ')
    .replace(/( 0)+$/, ''),
];

export function unpack([epoch, whole]: PackedCounters): StatementCounters {
  const values = whole.split(' ');
  return counters(Object.fromEntries(packed_names.map((name, place) => [name, BigInt(values[place] ?? '0')])), epoch);
}

/** Oracle's PLAN_HASH_VALUE as a plan's hash: the same number on any server for the same shape. 0 is no plan. */
export const planHashOf = (plan_hash_value: bigint | null): string =>
  plan_hash_value === null || plan_hash_value <= 0n ? '' : plan_hash_value.toString(16).padStart(16, '0');
