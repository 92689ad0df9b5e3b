import { utc, type AspectOutcome, type DeltaFlag, type QueryDeltaRow } from '@plumbline/contracts';
import { counterChange, pack, planHashOf, toCounters, unpack, type Change, type PackedCounters } from '../normalize.js';
import { key, place, shaped, text, whole, type RowOf } from '../rows.js';
import { readStartups } from './instances.js';
import { collected, degraded, malformedOutcome, stateOf, windowOf, worst } from './reading.js';
import type { CollectAspect, Reading } from './reading.js';
import { learnTexts, lostTemplate, lost_text, own_statement, type KnownText } from './texts.js';

interface CursorStatementsState {
  readonly shape: 'oracle.cursor-statements.1';
  readonly at: string;
  /** More cursors than are kept: one that appears may be old, so it only sets its baseline. */
  readonly is_partial: boolean;
  /** By `instance.container.sql_id.plan`, the last active last. */
  readonly cursors: Readonly<Record<string, PackedCounters>>;
  /** Meanings by SQL_ID of the cursors above. */
  readonly texts: Readonly<Record<string, KnownText>>;
}

const shape = 'oracle.cursor-statements.1';
/** Cursors that were active since the last reading and this much before it: clocks and flushes differ a little. */
const overlap_s = 60;
/** At the first reading: everything that is cached. */
const ever_s = 100 * 365 * 86_400;

const cursor_shape = {
  ...{ inst_id: place, con_id: text, sql_id: key, plan_hash_value: whole, executions: whole, elapsed_us: whole },
  ...{ cpu_us: whole, io_wait_us: whole, application_wait_us: whole, concurrency_wait_us: whole },
  ...{ rows_processed: whole, buffer_gets: whole, disk_reads: whole, physical_read_bytes: whole },
  ...{ physical_write_bytes: whole },
};
type Cursor = RowOf<typeof cursor_shape>;

interface Entry extends Change {
  readonly cursor: Cursor;
  readonly cursor_key: string;
  readonly packed: PackedCounters;
}

/** What cached statements did since the last reading: cumulative counters, subtracted. No licence is needed. */
export const cursorStatements: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<CursorStatementsState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const { most_cursors } = reading.options;
    const elapsed_s = Math.ceil((window.end.getTime() - window.start.getTime()) / 1000);
    const active_within_s = before === undefined ? ever_s : elapsed_s + overlap_s;
    const startups = await readStartups(query);
    const answer = shaped(await query('cursors.sql', { active_within_s, most: most_cursors }), cursor_shape);
    const entries = answer.rows.map((cursor) => entryOf(cursor, startups, before, reading));
    const moved = entries.filter(({ delta }) => delta.calls > 0n || delta.total_time_us > 0n);
    const is_full = answer.rows.length + answer.malformed >= most_cursors;
    const learned = before === undefined ? undefined : await learn(moved, before, query, reading);
    const meaning = (entry: Entry): KnownText =>
      learned?.texts.get(entry.cursor.sql_id) ?? before?.texts[entry.cursor.sql_id] ?? lost_text;
    const span = {
      ...{ instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) },
    };
    const own_us = moved
      .filter((entry) => meaning(entry) === own_statement)
      .reduce((total, { delta }) => total + delta.total_time_us, 0n);
    const rows = {
      query_deltas: moved
        .filter((entry) => meaning(entry) !== own_statement)
        .map((entry) => ({ ...span, ...deltaRow(entry, meaning(entry), reading) })),
      queries: learned?.queries ?? [],
      instance_metrics: [
        { ...span, metric: 'plumbline.source_time_us', value: Number(own_us), unit: 'us' },
        { ...span, metric: 'statements.entries', value: answer.rows.length, unit: 'count' },
      ],
    };
    const state = stateAfter(entries, before, { at: window.end, is_full, meaning, most_cursors });
    return collected(
      window,
      before === undefined ? {} : rows,
      state,
      answer.rows.length,
      worst(malformedOutcome(answer.malformed, 'GV$SQLSTATS'), fullOutcome(state.is_partial, most_cursors)),
    );
  });

const learn = (
  moved: readonly Entry[],
  before: CursorStatementsState,
  query: Parameters<typeof learnTexts>[0],
  reading: Reading,
) => {
  const ids = new Set(moved.map(({ cursor }) => cursor.sql_id));
  const unknown = [...ids].filter((id) => (before.texts[id] ?? lost_text) === lost_text);
  return learnTexts(query, reading, unknown, new Set(Object.values(before.texts)));
};

function entryOf(
  cursor: Cursor,
  startups: Readonly<Record<string, string>>,
  before: CursorStatementsState | undefined,
  reading: Reading,
): Entry {
  const { inst_id, con_id, sql_id, plan_hash_value } = cursor;
  const cursor_key = `${inst_id}.${con_id}.${sql_id}.${plan_hash_value ?? 0n}`;
  const now = toCounters(cursor, reading.source.facts.block_bytes, startups[inst_id] ?? '');
  const packed = before?.cursors[cursor_key];
  const unseen = before === undefined || before.is_partial ? now : undefined;
  const change = counterChange(now, packed === undefined ? unseen : unpack(packed));
  return { cursor, cursor_key, packed: pack(now), ...change };
}

function deltaRow(
  { cursor, delta, flags }: Entry,
  meaning: KnownText,
  reading: Reading,
): Omit<QueryDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'> {
  const { facts } = reading.source;
  return {
    ...delta,
    query_hash: meaning === lost_text ? lostTemplate(cursor.sql_id, reading).query_hash : meaning,
    database_name: facts.containers_by_id.get(cursor.con_id) ?? facts.database_name,
    user_name: '',
    native_id: cursor.sql_id,
    is_nested: 0,
    plan_hash: planHashOf(cursor.plan_hash_value),
    ...{ min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    percentile_origin: 'means',
    flags: flags satisfies readonly DeltaFlag[],
  };
}

interface After {
  readonly at: Date;
  readonly is_full: boolean;
  readonly meaning: (entry: Entry) => KnownText;
  readonly most_cursors: number;
}

function stateAfter(entries: readonly Entry[], before: CursorStatementsState | undefined, after: After) {
  const cursors = new Map(Object.entries(before?.cursors ?? {}));
  const texts = new Map(Object.entries(before?.texts ?? {}));
  for (const entry of entries) {
    cursors.delete(entry.cursor_key); // set again at the end: what was active last is forgotten last
    cursors.set(entry.cursor_key, entry.packed);
    if (after.meaning(entry) !== lost_text) texts.set(entry.cursor.sql_id, after.meaning(entry));
  }
  const kept = [...cursors].slice(-after.most_cursors);
  const kept_ids = new Set(kept.map(([cursor_key]) => cursor_key.split('.')[2] ?? ''));
  const state: CursorStatementsState = {
    ...{ shape, at: after.at.toISOString() },
    is_partial: after.is_full || kept.length < cursors.size || (before?.is_partial ?? false),
    cursors: Object.fromEntries(kept),
    texts: Object.fromEntries([...texts].filter(([sql_id]) => kept_ids.has(sql_id))),
  };
  return state;
}

const fullOutcome = (is_partial: boolean, most_cursors: number): AspectOutcome | undefined =>
  is_partial
    ? degraded(
        `the cursor cache holds more than ${most_cursors} statements: one that is seen for the first time only sets its baseline`,
        'Use bind variables, or CURSOR_SHARING = FORCE, so that literals do not make statements of their own; or read AWR',
      )
    : undefined;
