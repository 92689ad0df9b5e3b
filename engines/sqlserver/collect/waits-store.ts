import { utc, type WaitDeltaRow } from '@plumbline/contracts';
import { parsed, type Fields } from '../fields.js';
import type { Query } from '../source.js';
import { variant } from '../statement.js';
import { categoryClass, type WaitClass } from '../wait-class.js';
import { isGap, orGap, readDatabases, type Database } from './databases.js';
import type { Gap } from './outcome.js';
import type { Reading } from './reading.js';
import {
  chooseIntervals,
  rangeOf,
  spanWithin,
  type Interval,
  type IntervalMark,
  type Span,
} from './store-intervals.js';
import { readStoreOptions } from './store-options.js';
import { knownText, learnStoreTexts } from './store-texts.js';
import { isHash } from './texts.js';

interface StoreWaits extends IntervalMark {
  /** ms by `plan_id.interval_id.category`. */
  readonly totals: Readonly<Record<string, string>>;
}

export interface WaitsState {
  readonly shape: 'sqlserver.waits.1';
  readonly at: string;
  readonly counters: Readonly<Record<string, readonly [wait_ms: string, signal_ms: string]>>;
  /** By database name. */
  readonly databases: Readonly<Record<string, StoreWaits>>;
  /** `[database, native hash, text id]` as JSON → query_hash, own or hidden. The newest last. */
  readonly texts: readonly (readonly [key: string, known_text: string])[];
}

interface WaitRow {
  readonly plan_id: string;
  readonly interval_id: string;
  readonly category: number;
  readonly event: string;
  readonly wait_ms: bigint;
  readonly native_id: string;
  readonly text_id: string;
}

interface StoreWaitsReading {
  readonly rows: readonly Omit<WaitDeltaRow, 'batch_id'>[];
  readonly state: Pick<WaitsState, 'databases' | 'texts'>;
  readonly gaps: readonly Gap[];
  readonly rows_read: number;
  readonly unreadable: number;
}

const longest_texts_memory = 20_000;

/** How far the waits of each statement grew since the last reading, in every database whose Query Store measures them. */
export async function readStoreWaits(
  query: Query,
  reading: Reading,
  before: WaitsState | undefined,
  window: Span,
): Promise<StoreWaitsReading> {
  const texts = new Map(before?.texts ?? []);
  const databases: Record<string, StoreWaits> = {};
  const rows: Omit<WaitDeltaRow, 'batch_id'>[] = [];
  let [rows_read, unreadable] = [0, 0];
  const measured =
    reading.source.facts.major >= 14 ? await readDatabases(query, reading.source) : { open: [], gaps: [] };
  const gaps: Gap[] = [...measured.gaps];
  for (const database of measured.open) {
    reading.tools.abort.throwIfAborted();
    const was = before?.databases[database.name];
    const answer = await orGap(reading.source, database, () => readDatabase(query, reading, database, was, texts));
    if (isGap(answer) || answer === undefined) {
      reading.source.measured_waits.delete(database.name);
      if (isGap(answer)) gaps.push(answer);
      if (isGap(answer) && was !== undefined) databases[database.name] = was;
      continue;
    }
    reading.source.measured_waits.add(database.name);
    databases[database.name] = answer.state;
    rows_read += answer.rows_read;
    unreadable += answer.unreadable;
    rows.push(
      ...answer.grown.flatMap((one) => {
        const interval = answer.intervals.get(one.interval_id);
        const span = interval === undefined ? window : spanWithin(interval, answer.read_since, window);
        return waitRow(one, database, reading, texts, span) ?? [];
      }),
    );
  }
  return { rows, state: { databases, texts: [...texts].slice(-longest_texts_memory) }, gaps, rows_read, unreadable };
}

/** Undefined when this database measures no waits: not READ_WRITE, or their capture is off. */
async function readDatabase(
  query: Query,
  reading: Reading,
  database: Database,
  before: StoreWaits | undefined,
  texts: Map<string, string>,
) {
  const options = await readStoreOptions(query, database, reading.source.facts);
  if (options.actual_state !== 2 || !options.captures_waits) return undefined;
  const most = reading.options.intervals_per_reading;
  const { chosen, is_cleared, mark } = await chooseIntervals(query, database, options, before, most);
  const { rows, unreadable } = await readWaitRows(query, reading, database, chosen);
  const sums = summed(rows);
  const told = is_cleared ? {} : (before?.totals ?? {});
  const grown = before === undefined ? [] : grownOf(sums, told);
  // Only hashes: the statements aspect tells the texts.
  await learnStoreTexts(query, database, grown, texts, reading, new Set());
  const kept = [...sums].filter(([, { interval_id }]) => interval_id in mark.intervals);
  const totals = Object.fromEntries(kept.map(([key, { wait_ms }]) => [key, wait_ms.toString()]));
  const read_since = new Date(before?.read_until ?? mark.read_until);
  const intervals = new Map(chosen.map((interval) => [interval.interval_id, interval]));
  return { state: { ...mark, totals }, grown, intervals, read_since, rows_read: rows.length, unreadable };
}

async function readWaitRows(query: Query, reading: Reading, database: Database, intervals: readonly Interval[]) {
  if (intervals.length === 0) return { rows: [], unreadable: 0 };
  const sql = variant('waits-store', reading.source.facts, [14]);
  return parsed(await query(sql, rangeOf(intervals), database.name), waitRowOf);
}

const waitRowOf = (row: Fields): WaitRow => ({
  plan_id: row.whole('plan_id').toString(),
  interval_id: row.whole('runtime_stats_interval_id').toString(),
  category: row.number('wait_category') ?? 0,
  event: row.text('wait_category_desc'),
  wait_ms: row.count('total_query_wait_time_ms'),
  native_id: row.hex('query_hash'),
  text_id: row.whole('query_text_id').toString(),
});

function summed(rows: readonly WaitRow[]): Map<string, WaitRow> {
  const sums = new Map<string, WaitRow>();
  for (const row of rows) {
    const key = `${row.plan_id}.${row.interval_id}.${row.category}`;
    sums.set(key, { ...row, wait_ms: (sums.get(key)?.wait_ms ?? 0n) + row.wait_ms });
  }
  return sums;
}

/** What fell was lost in a crash, and told before: it is not told again. */
const grownOf = (sums: ReadonlyMap<string, WaitRow>, told: Readonly<Record<string, string>>): WaitRow[] =>
  [...sums].flatMap(([key, row]) => {
    const wait_ms = row.wait_ms - BigInt(told[key] ?? '0');
    return wait_ms > 0n ? [{ ...row, wait_ms }] : [];
  });

function waitRow(
  row: WaitRow,
  database: Database,
  reading: Reading,
  texts: ReadonlyMap<string, string>,
  span: Span,
): Omit<WaitDeltaRow, 'batch_id'> | undefined {
  const known = knownText(texts, database, row);
  const wait_class: WaitClass | undefined = categoryClass(row.category);
  if (!isHash(known) || wait_class === undefined) return undefined;
  return {
    ...{ instance_id: reading.instance_id, query_hash: known, database_name: database.name },
    ...{ window_start: utc(span.start), window_end: utc(span.end) },
    ...{ wait_class, wait_event: row.event },
    // One reading in which it had waited is one observation; the time is measured, not sampled.
    samples: 1,
    sampled_time_us: row.wait_ms * 1_000n,
  };
}
