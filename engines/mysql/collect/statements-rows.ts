import {
  utc,
  type CollectedRows,
  type DeltaFlag,
  type InstanceEventRow,
  type QueryDeltaRow,
  type StatementCounters,
} from '@plumbline/contracts';
import { histogramDelta, no_histogram, type HistogramDelta, type PackedBuckets } from '../histogram.js';
import {
  changeOf,
  toCounters,
  unpack,
  windowExtremes,
  type Change,
  type Extremes,
  type RawStatement,
} from '../normalize.js';
import { serverTime } from '../source.js';
import type { Prepared } from './prepared.js';
import type { Reading } from './reading.js';
import type { Histograms, StatementsAnswer } from './statements-read.js';
import { own_statement, type KnownText, type PackedEntry, type StatementsState } from './statements-state.js';
import type { Learned } from './texts.js';

type Row<Table> = Omit<Table, 'batch_id'>;
interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** One digest, with what is known of it. */
export interface Entry {
  readonly key: string;
  readonly raw: RawStatement;
  readonly now: StatementCounters;
  readonly was: PackedEntry | undefined;
  readonly known: KnownText;
  readonly change: Change;
}

/** All that one reading of the statements has, before it is made into rows. */
export interface Answered {
  readonly reading: Reading;
  readonly answer: StatementsAnswer;
  readonly before: StatementsState | undefined;
  readonly window: Span;
  readonly entries: readonly Entry[];
  readonly learned: Learned;
  readonly histograms: Histograms | undefined;
  /** MariaDB only. */
  readonly prepared: Prepared | undefined;
}

/** What happened since the last reading, as rows. */
export function rowsOf(answered: Answered, before: StatementsState, known: (entry: Entry) => KnownText): CollectedRows {
  const { reading, window, entries, learned } = answered;
  const overflow = overflowChange(answered.answer, before);
  const has_overflow = overflow !== undefined && overflow.delta.calls > 0n;
  const told = entries.filter((entry) => known(entry) !== '' && entry.change.delta.calls > 0n);
  const own = told.filter((entry) => known(entry) === own_statement);
  const source_time_us = own.reduce((total, entry) => total + entry.change.delta.total_time_us, 0n);
  const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
  const metric = (name: string, value: number | bigint, unit: string) => ({
    ...base,
    ...{ metric: name, value: Number(value), unit },
  });
  const deltas = told
    .filter((entry) => known(entry) !== own_statement)
    .map((entry): Row<QueryDeltaRow> => ({
      ...base,
      ...entry.change.delta,
      query_hash: known(entry),
      database_name: entry.raw.schema_name,
      user_name: '',
      native_id: entry.raw.digest,
      is_nested: 0,
      plan_hash: '',
      ...windowExtremes(entry.raw, extremesOf(entry.was), entry.change.is_reset),
      ...percentilesOf(entry, answered.histograms),
      flags: flagsOf(entry, has_overflow),
    }));
  return {
    query_deltas: [...deltas, ...(answered.prepared?.query_deltas ?? [])],
    queries: [...learned.queries, ...(answered.prepared?.queries ?? [])],
    instance_metrics: [
      metric('plumbline.source_time_us', source_time_us, 'us'),
      metric('statements.entries', entries.length, 'count'),
      ...(answered.prepared === undefined
        ? []
        : [metric('statements.missed_prepared_calls', answered.prepared.missed_calls, 'count')]),
      ...(overflow === undefined
        ? []
        : [
            metric('statements.overflow_calls', overflow.delta.calls, 'count'),
            metric('statements.overflow_time_us', overflow.delta.total_time_us, 'us'),
          ]),
    ],
    instance_events: eventsOf(answered, before, has_overflow),
  };
}

const extremesOf = (was: PackedEntry | undefined): Extremes | undefined =>
  was && { least_ps: BigInt(was[2]), most_ps: BigInt(was[3]) };

/** The window's own histogram, where the server keeps one and the last reading had it too. */
function percentilesOf(
  { key, was, change }: Entry,
  histograms: Histograms | undefined,
): HistogramDelta & Pick<QueryDeltaRow, 'percentile_origin'> {
  const before: PackedBuckets | null = was === undefined || change.is_reset ? '' : was[4];
  const now = histograms?.by_key.get(key) ?? '';
  const delta =
    histograms === undefined || before === null ? no_histogram : histogramDelta(now, before, histograms.bounds);
  return { ...delta, percentile_origin: delta.bucket_calls.length === 0 ? 'means' : 'histogram' };
}

function overflowChange(answer: StatementsAnswer, before: StatementsState): Change | undefined {
  if (answer.overflow === undefined) return undefined;
  return changeOf(toCounters(answer.overflow), before.overflow === null ? undefined : unpack(before.overflow));
}

function flagsOf(entry: Entry, has_overflow: boolean): DeltaFlag[] {
  const flags: DeltaFlag[] = [];
  if (entry.change.is_reset) flags.push('counter_reset');
  if (has_overflow) flags.push('evictions');
  return flags;
}

const digest_table = 'events_statements_summary_by_digest';

/** The table was emptied when a digest counts anew or is gone: the server never drops one alone. */
function eventsOf(answered: Answered, before: StatementsState, has_overflow: boolean): Row<InstanceEventRow>[] {
  const { reading, answer, window, entries } = answered;
  const base = {
    ...{ instance_id: reading.instance_id, noticed_after: utc(window.start), database_name: '' },
    ...{ object_name: digest_table, subject: '', query_hash: '', before: '', after: '' },
  };
  const events: Row<InstanceEventRow>[] = [];
  const keys = new Set(entries.map(({ key }) => key));
  const is_emptied =
    entries.some(({ change }) => change.is_reset) || Object.keys(before.entries).some((key) => !keys.has(key));
  if (is_emptied) {
    const seen_ms = entries.map(({ raw }) => serverTime(raw.first_seen)).filter((ms) => !Number.isNaN(ms));
    const first_ms = Math.max(
      window.start.getTime(),
      seen_ms.reduce((least, ms) => Math.min(least, ms), Infinity),
    );
    const occurred_at = utc(new Date(Math.min(first_ms, window.end.getTime())));
    events.push({ ...base, occurred_at, kind: 'counter_reset' });
  }
  if (has_overflow) {
    const moved = {
      before: String(before.overflow?.[1].split(' ')[0] ?? 0),
      after: String(answer.overflow?.calls ?? 0n),
    };
    events.push({ ...base, occurred_at: utc(window.end), kind: 'eviction', ...moved });
  }
  return events;
}
