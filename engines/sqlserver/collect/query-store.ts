import {
  changeOf,
  intervalTotals,
  pack,
  totalsKey,
  unpack,
  type IntervalTotals,
  type PackedCounters,
} from '../normalize.js';
import type { StatementDelta } from '@plumbline/contracts';
import type { Query } from '../source.js';
import type { Database } from './databases.js';
import type { Reading } from './reading.js';
import { chooseIntervals, readRuntimeRows, type Interval, type IntervalMark } from './store-intervals.js';
import type { StoreOptions } from './store-options.js';

export interface StoreState extends IntervalMark {
  readonly source: 'query_store';
  /** By `plan_id.interval_id`, of the intervals still kept. */
  readonly totals: Readonly<Record<string, PackedCounters>>;
}

/** What one plan did since the last reading, within one interval. */
export interface StoreDelta {
  readonly entry: IntervalTotals;
  readonly interval: Interval;
  readonly delta: StatementDelta;
  /** The interval is told for the first time, so its extremes are those of the delta. */
  readonly is_whole: boolean;
}

export interface StoreReading {
  readonly state: StoreState;
  readonly deltas: readonly StoreDelta[];
  /** Until when the last reading read. */
  readonly read_since: Date;
  readonly rows_read: number;
  readonly unreadable: number;
  readonly intervals_left: number;
  readonly is_cleared: boolean;
}

/**
 * Query Store's intervals are not counters, but an open one grows like one until it is closed: what is told is how far
 * each grew since the last reading. So nothing waits for the end of the hour, and the sum over an interval is its own.
 * Without `before` the reading sets the baseline and tells nothing.
 */
export async function readStore(
  query: Query,
  database: Database,
  options: StoreOptions,
  before: StoreState | undefined,
  reading: Reading,
): Promise<StoreReading> {
  const most = reading.options.intervals_per_reading;
  const { chosen, left, is_cleared, mark } = await chooseIntervals(query, database, options, before, most);
  const { rows, unreadable } = await readRuntimeRows(query, database, reading.source.facts, chosen);
  const entries = intervalTotals(rows);
  const told = is_cleared ? {} : (before?.totals ?? {});
  return {
    state: { source: 'query_store', ...mark, totals: keptTotals(entries, mark) },
    deltas: before === undefined ? [] : deltasOf(entries, told, chosen),
    read_since: new Date(before?.read_until ?? mark.read_until),
    ...{ rows_read: rows.length, unreadable, intervals_left: left, is_cleared },
  };
}

const keptTotals = (entries: readonly IntervalTotals[], mark: IntervalMark): Record<string, PackedCounters> =>
  Object.fromEntries(
    entries
      .filter(({ interval_id }) => interval_id in mark.intervals)
      .map((entry) => [totalsKey(entry), pack(entry.totals)]),
  );

function deltasOf(
  entries: readonly IntervalTotals[],
  told: Readonly<Record<string, PackedCounters>>,
  intervals: readonly Interval[],
): StoreDelta[] {
  const by_id = new Map(intervals.map((interval) => [interval.interval_id, interval]));
  const deltas: StoreDelta[] = [];
  for (const entry of entries) {
    const interval = by_id.get(entry.interval_id);
    const packed = told[totalsKey(entry)];
    const change = changeOf(entry.totals, packed === undefined ? undefined : unpack(packed));
    if (interval === undefined || change.kind === 'fallen' || change.delta.calls === 0n) continue;
    deltas.push({ entry, interval, delta: change.delta, is_whole: change.kind === 'whole' });
  }
  return deltas;
}
