import {
  utc,
  zero_measures,
  type CollectedRows,
  type DeltaFlag,
  type InstanceEventRow,
  type QueryDeltaRow,
  type QueryRow,
  type StatementCounters,
} from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { changeOf, nothingCounted, pack, toCounters, unpack, type Change, type RawStatement } from '../normalize.js';
import { readNames, type Names } from './names.js';
import type { CollectAspect, Reading } from './reading.js';
import {
  awaited_text,
  isKnown,
  own_statement,
  statements_shape,
  type KnownText,
  type StatementsState,
} from './statements-state.js';
import { outcomeOf, withStatements } from './statements-outcome.js';
import { lossesOf, type Losses } from './statements-losses.js';
import { readStatements, type Extension, type StatementsAnswer } from './statements-read.js';
import { learnTexts, mayReadTexts, type Learned } from './texts.js';
import { serverTime } from '../source.js';

type Row<Table> = Omit<Table, 'batch_id'>;
interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** One entry of the view, with what is known of it. */
interface Entry {
  readonly key: string;
  readonly raw: RawStatement;
  readonly now: StatementCounters;
  readonly before: StatementCounters | undefined;
  readonly known: KnownText;
  readonly change: Change;
}

/**
 * What every statement did since the last reading. The first reading only sets the baseline. A statement whose text is
 * not known yet keeps its old counters until the text has come, so its delta is told later, not lost.
 */
export const statements: CollectAspect = async (reading, previous) => {
  const before = stateOf<StatementsState>(previous, statements_shape);
  const counted = await reading.source.read('fast', (query) =>
    withStatements(query, reading.source.facts, async (extension) => {
      const answer = await readStatements(query, extension);
      return { extension, answer, window: windowOf(reading, before?.at), names: await readNames(query) };
    }),
  );
  if ('unable' in counted) return collected(windowOf(reading, undefined), {}, previous ?? null, 0, counted.unable);
  const { extension, answer, window } = counted.answer;
  const entries = entriesOf(answer, before, reading.source.facts.block_bytes);
  const wanted = before === undefined ? [] : entries.filter(isWaiting);
  const learned = mayReadTexts(before, window.end, reading.options)
    ? await learnTexts(extension, wanted, reading, knownHashes(before))
    : undefined;
  return finish({ ...counted.answer, reading, before, entries, learned });
};

interface Answered {
  readonly reading: Reading;
  readonly extension: Extension;
  readonly answer: StatementsAnswer;
  readonly before: StatementsState | undefined;
  readonly window: Span;
  readonly names: Names;
  readonly entries: readonly Entry[];
  readonly learned: Learned | undefined;
}

function finish(answered: Answered) {
  const { reading, answer, before, window, entries, learned } = answered;
  const known = (entry: Entry): KnownText =>
    isKnown(entry.known) ? entry.known : (learned?.texts.get(entry.key) ?? '');
  const state: StatementsState = {
    shape: statements_shape,
    at: window.end.toISOString(),
    stats_reset: answer.stats_reset,
    dealloc: answer.dealloc,
    is_partial: answer.rows.some((raw) => raw.queryid === null),
    texts_at: learned === undefined ? (before?.texts_at ?? '') : window.end.toISOString(),
    texts_cost_ms: learned?.cost_ms ?? before?.texts_cost_ms ?? 0,
    entries: Object.fromEntries(
      entries.map((entry) => {
        const hash = known(entry);
        const is_held = before !== undefined && !isKnown(hash) && entry.change.delta.calls > 0n;
        return [entry.key, is_held ? [awaited_text, pack(heldCounters(entry))] : [hash, pack(entry.now)]];
      }),
    ),
  };
  const held = learned === undefined ? 0 : entries.filter((entry) => isWaiting(entry) && !isKnown(known(entry))).length;
  const { hindrance, damaged = 0 } = learned ?? {};
  const outcome = outcomeOf(answered.extension, answer, reading.source.facts, { held, hindrance, damaged });
  const rows = before === undefined ? {} : rowsOf(answered, before, known);
  return collected(window, rows, state, answer.rows.length, outcome);
}

/** After a reset inside the wait, all that is left is what was counted since. */
const heldCounters = (entry: Entry): StatementCounters =>
  entry.change.is_reset || entry.before === undefined ? nothingCounted(entry.now.epoch) : entry.before;

const isWaiting = (entry: Entry): boolean => !isKnown(entry.known) && entry.change.delta.calls > 0n;

const knownHashes = (before: StatementsState | undefined): Set<string> =>
  new Set(Object.values(before?.entries ?? {}).map(([hash]) => hash));

function entriesOf(answer: StatementsAnswer, before: StatementsState | undefined, block_bytes: number): Entry[] {
  const entries: Entry[] = [];
  for (const raw of answer.rows) {
    if (raw.queryid === null) continue;
    const key = `${raw.dbid}.${raw.userid}.${raw.is_toplevel ? 't' : 'f'}.${raw.queryid}`;
    const now = toCounters(raw, block_bytes, answer.stats_reset);
    const [known, packed] = before?.entries[key] ?? ['', undefined];
    const was = packed === undefined ? unseen(raw, now, before) : unpack(packed);
    entries.push({ key, raw, now, before: was, known, change: changeOf(now, was) });
  }
  return entries;
}

/**
 * An entry that the last reading did not have began after it, so all of it is new. But if that reading was not allowed
 * to see everything, only the entry's own creation time (17+) proves it.
 */
function unseen(raw: RawStatement, now: StatementCounters, before: StatementsState | undefined) {
  if (before === undefined || !before.is_partial) return undefined;
  const is_proven = raw.epoch !== '' && serverTime(raw.epoch) > Date.parse(before.at);
  return is_proven ? undefined : now;
}

function rowsOf(answered: Answered, before: StatementsState, known: (entry: Entry) => KnownText): CollectedRows {
  const { reading, window, entries, learned } = answered;
  const losses = lossesOf(answered.answer, before, entries);
  const told = entries.filter((entry) => isKnown(known(entry)) && entry.change.delta.calls > 0n);
  const own = told.filter((entry) => known(entry) === own_statement);
  const source_time_us = own.reduce((total, entry) => total + entry.change.delta.total_time_us, 0n);
  const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
  const deltas = told
    .filter((entry) => known(entry) !== own_statement)
    .map((entry): Row<QueryDeltaRow> => {
      return {
        ...base,
        ...zero_measures,
        ...entry.change.delta,
        query_hash: known(entry),
        database_name: answered.names.database(entry.raw.dbid),
        user_name: answered.names.role(entry.raw.userid),
        native_id: entry.raw.queryid ?? '',
        is_nested: entry.raw.is_toplevel ? 0 : 1,
        plan_hash: '',
        min_time_us: null,
        max_time_us: null,
        bucket_upper_us: [],
        bucket_calls: [],
        percentile_origin: 'means',
        flags: flagsOf(entry, losses),
      };
    });
  return {
    query_deltas: deltas,
    queries: (learned?.queries ?? []) satisfies readonly Row<QueryRow>[],
    instance_metrics: [
      { ...base, metric: 'plumbline.source_time_us', value: Number(source_time_us), unit: 'us' },
      { ...base, metric: 'statements.entries', value: entries.length, unit: 'count' },
    ],
    instance_events: eventsOf(answered, before, losses),
  };
}

function flagsOf(entry: Entry, { has_evictions }: Losses): DeltaFlag[] {
  const flags: DeltaFlag[] = [];
  if (entry.change.is_reset) flags.push('counter_reset');
  if (has_evictions) flags.push('evictions');
  if (entry.known === awaited_text) flags.push('late_text');
  return flags;
}

function eventsOf(answered: Answered, before: StatementsState, losses: Losses): Row<InstanceEventRow>[] {
  const { reading, answer, window } = answered;
  const base = {
    instance_id: reading.instance_id,
    noticed_after: utc(window.start),
    database_name: '',
    object_name: 'pg_stat_statements',
    subject: '',
    query_hash: '',
  };
  const events: Row<InstanceEventRow>[] = [];
  if (losses.was_reset) {
    const at = new Date(
      Math.min(Math.max(serverTime(answer.stats_reset), window.start.getTime()), window.end.getTime()),
    );
    const occurred_at = utc(Number.isNaN(at.getTime()) ? window.end : at);
    events.push({ ...base, occurred_at, kind: 'counter_reset', before: before.stats_reset, after: answer.stats_reset });
  }
  if (losses.has_evictions) {
    const moved = { before: before.dealloc, after: answer.dealloc };
    events.push({ ...base, occurred_at: utc(window.end), kind: 'eviction', ...moved });
  }
  return events;
}
