/**
 * Counters and deltas: what an engine counts since its last reset, and what happened inside one window. They hold the
 * same measures but are different types: one in place of the other does not compile (counters.types.test.ts).
 */
declare const kind: unique symbol;

/** The measures of one statement. Whole numbers are bigint: a picosecond or block counter outgrows 2^53. */
export interface StatementMeasures {
  readonly calls: bigint;
  readonly errors: bigint;
  readonly total_time_us: bigint;
  /** Sum over runs of (time in µs)². Interval variance = sum/calls − mean². Float: it only feeds a variance. */
  readonly sum_square_time_us2: number;
  readonly plan_calls: bigint;
  readonly plan_time_us: bigint;
  readonly cpu_time_us: bigint;
  readonly io_read_time_us: bigint;
  readonly io_write_time_us: bigint;
  readonly lock_time_us: bigint;
  readonly rows_returned: bigint;
  readonly rows_examined: bigint;
  readonly logical_read_bytes: bigint;
  readonly physical_read_bytes: bigint;
  readonly written_bytes: bigint;
  readonly temp_read_bytes: bigint;
  readonly temp_written_bytes: bigint;
  readonly wal_bytes: bigint;
}

/** Since the last reset of this entry. Monotone until `epoch` changes. */
export interface StatementCounters extends StatementMeasures {
  readonly [kind]: 'counters';
  /** Changes when the entry was made anew (reset, eviction): PG 17+ `stats_since` as text, else ''. */
  readonly epoch: string;
}

/** Inside one window. */
export interface StatementDelta extends StatementMeasures {
  readonly [kind]: 'delta';
}

export const zero_measures: StatementMeasures = {
  calls: 0n,
  errors: 0n,
  total_time_us: 0n,
  sum_square_time_us2: 0,
  plan_calls: 0n,
  plan_time_us: 0n,
  cpu_time_us: 0n,
  io_read_time_us: 0n,
  io_write_time_us: 0n,
  lock_time_us: 0n,
  rows_returned: 0n,
  rows_examined: 0n,
  logical_read_bytes: 0n,
  physical_read_bytes: 0n,
  written_bytes: 0n,
  temp_read_bytes: 0n,
  temp_written_bytes: 0n,
  wal_bytes: 0n,
};

export const measure_names = Object.keys(zero_measures) as readonly (keyof StatementMeasures)[];

export const counters = (measures: Partial<StatementMeasures>, epoch: string): StatementCounters =>
  ({ ...zero_measures, ...measures, epoch }) as StatementCounters;

/** What the counters say happened since they were created: the delta of a new entry, and after a reset. */
export function sinceCreation(now: StatementCounters): StatementDelta {
  const { epoch: _epoch, ...measures } = now;
  return measures as StatementMeasures as StatementDelta;
}

/**
 * now − before. Undefined when any whole-number measure went down or the epoch changed: the entry was reset, and the
 * caller must use `sinceCreation(now)` and flag it.
 */
export function subtract(now: StatementCounters, before: StatementCounters): StatementDelta | undefined {
  if (now.epoch !== before.epoch) return undefined;
  const delta: Record<string, bigint | number> = {};
  for (const name of measure_names) {
    if (name === 'sum_square_time_us2') {
      // Derived from calls·(stddev² + mean²) in float64: a tiny negative is rounding, not a reset.
      delta[name] = Math.max(0, now[name] - before[name]);
      continue;
    }
    const difference = now[name] - before[name];
    if (difference < 0n) return undefined;
    delta[name] = difference;
  }
  return delta as unknown as StatementDelta;
}
