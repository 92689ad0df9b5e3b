import type { Query, ServerFacts } from '../source.js';
import { statement, variant } from '../statement.js';
import type { RuntimeRow } from '../normalize.js';
import { parsed, type Fields, type Parsed } from '../fields.js';
import type { Parameters } from '../driver.js';
import type { Database } from './databases.js';
import type { StoreOptions } from './store-options.js';

export interface Interval {
  readonly interval_id: string;
  readonly start: Date;
  readonly end: Date;
}

/** How far a database's history was read: intervals that ended before `kept_since` grow no more and are forgotten. */
export interface IntervalMark {
  readonly read_until: string;
  readonly kept_since: string;
  /** Start by id of the intervals still kept: one that is gone or began at another time tells of a CLEAR. */
  readonly intervals: Readonly<Record<string, string>>;
}

/**
 * When what grew in an interval happened: within it, since the database was last read. An interval that was missed keeps
 * its own time.
 */
export function spanWithin(interval: Interval, read_since: Date, window: Span): Span {
  const start = interval.start > read_since ? interval.start : read_since;
  const end = interval.end < window.end ? interval.end : window.end;
  if (start < end) return { start, end };
  // Told late, of an interval that ended before the last reading; or the server's clock is ahead of ours.
  return interval.end <= read_since ? { start: interval.start, end: interval.end } : window;
}

export interface Span {
  readonly start: Date;
  readonly end: Date;
}

export interface IntervalChoice {
  readonly chosen: readonly Interval[];
  /** Intervals left for the next readings. */
  readonly left: number;
  readonly is_cleared: boolean;
  readonly mark: IntervalMark;
}

/**
 * The intervals to read: those that may have grown since the last reading. What is in memory of a closed interval is
 * flushed within the flush interval, so until then it is read again. After a long pause the oldest come first.
 */
export async function chooseIntervals(
  query: Query,
  database: Database,
  options: StoreOptions,
  before: IntervalMark | undefined,
  most: number,
): Promise<IntervalChoice> {
  const flush_ms = options.flush_interval_s * 1_000;
  const since = before === undefined ? new Date(options.server_now.getTime() - flush_ms) : new Date(before.kept_since);
  const rows = await query(
    statement('query-store-intervals.sql'),
    { since: { type: 'datetimeoffset(3)', value: since } },
    database.name,
  );
  const all = rows.map(intervalOf);
  const chosen = firstOf(all, before, most);
  const left = all.length - chosen.length;
  const read_until = left === 0 ? options.server_now : (chosen.at(-1)?.end ?? options.server_now);
  const flushed_until = Math.min(read_until.getTime(), options.server_now.getTime() - flush_ms);
  const kept_since = new Date(Math.max(since.getTime(), flushed_until));
  const kept = chosen.filter(({ end }) => end > kept_since);
  return {
    ...{ chosen, left },
    is_cleared: before !== undefined && isCleared(all, before),
    mark: {
      read_until: read_until.toISOString(),
      kept_since: kept_since.toISOString(),
      intervals: Object.fromEntries(kept.map(({ interval_id, start }) => [interval_id, start.toISOString()])),
    },
  };
}

/** The oldest ones, up to `most` that were not read before: those read again do not hold the others up. */
function firstOf(all: readonly Interval[], before: IntervalMark | undefined, most: number): readonly Interval[] {
  let fresh = 0;
  const end = all.findIndex(({ interval_id }) => {
    if (before?.intervals[interval_id] === undefined) fresh++;
    return fresh > most;
  });
  return end === -1 ? all : all.slice(0, end);
}

const intervalOf = (row: Fields): Interval => ({
  interval_id: row.whole('runtime_stats_interval_id').toString(),
  start: row.timeOrThrow('start_time'),
  end: row.timeOrThrow('end_time'),
});

function isCleared(now: readonly Interval[], before: IntervalMark): boolean {
  const starts = new Map(now.map(({ interval_id, start }) => [interval_id, start.toISOString()]));
  return Object.entries(before.intervals).some(([id, start]) => starts.get(id) !== start);
}

/** From the first to the last of these intervals: ids ascend with time. */
export function rangeOf(intervals: readonly Interval[]): Parameters {
  const ids = intervals.map(({ interval_id }) => BigInt(interval_id)).sort((a, b) => (a < b ? -1 : 1));
  const [first = 0n, last = first] = [ids[0], ids.at(-1)];
  return {
    first: { type: 'bigint', value: first.toString() },
    last: { type: 'bigint', value: last.toString() },
  };
}

export async function readRuntimeRows(
  query: Query,
  database: Database,
  facts: ServerFacts,
  intervals: readonly Interval[],
): Promise<Parsed<RuntimeRow>> {
  if (intervals.length === 0) return { rows: [], unreadable: 0 };
  const rows = await query(variant('query-store', facts, [14]), rangeOf(intervals), database.name);
  return parsed(rows, runtimeRow);
}

const runtimeRow = (row: Fields): RuntimeRow => ({
  plan_id: row.whole('plan_id').toString(),
  interval_id: row.whole('runtime_stats_interval_id').toString(),
  execution_type: row.number('execution_type') ?? 0,
  count: row.count('count_executions'),
  duration_us: row.number('avg_duration') ?? 0,
  duration_stdev_us: row.number('stdev_duration') ?? 0,
  min_duration_us: numberOfWhole(row, 'min_duration'),
  max_duration_us: numberOfWhole(row, 'max_duration'),
  cpu_time_us: row.number('avg_cpu_time') ?? 0,
  logical_reads: row.number('avg_logical_io_reads') ?? 0,
  logical_writes: row.number('avg_logical_io_writes') ?? 0,
  physical_reads: row.number('avg_physical_io_reads') ?? 0,
  rowcount: row.number('avg_rowcount') ?? 0,
  log_bytes: row.number('avg_log_bytes_used') ?? 0,
  tempdb_pages: row.number('avg_tempdb_space_used') ?? 0,
  native_id: row.hex('query_hash'),
  plan_hash: planHashOf(row.hex('query_plan_hash')),
  text_id: row.whole('query_text_id').toString(),
});

function numberOfWhole(row: Fields, column: string): number | null {
  const value = row.wholeOrNull(column);
  return value === null ? null : Number(value);
}

/** The engine's own hash is the plan's: 16 hex digits. All zeros stand for none. */
export const planHashOf = (hex: string): string => (/^0x(?!0{16}$)[0-9a-f]{16}$/.test(hex) ? hex.slice(2) : '');
