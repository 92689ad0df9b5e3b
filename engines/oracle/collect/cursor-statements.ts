import { utc, type AspectOutcome, type QueryDeltaRow } from '@plumbline/contracts';
import { counterChange, pack, planHashOf, toCounters, unpack, type Change, type PackedCounters } from '../normalize.js';
import { key, place, shaped, text, whole, type RowOf } from '../fields.js';
import type { Query } from '../source.js';
import { readStartups } from './instances.js';
import { KnownStatements, lostOutcome, type RememberedStatements } from './known-statements.js';
import { degraded } from '../../shared/outcome.js';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';

interface CursorStatementsState {
  readonly shape: 'oracle.cursor-statements.1';
  readonly at: string;
  /** More cursors than are kept: one that appears may be old, so it only sets its baseline. */
  readonly is_partial: boolean;
  /** By `instance.container.sql_id.plan`, the last active last. */
  readonly cursors: Readonly<Record<string, PackedCounters>>;
  readonly statements: RememberedStatements;
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
    const known = new KnownStatements(before?.statements, reading);
    const told = before === undefined ? undefined : await tell(moved, known, window, query, reading);
    const is_full = answer.rows.length + answer.malformed >= most_cursors;
    const kept = keptCursors(entries, before, most_cursors);
    const state: CursorStatementsState = {
      ...{ shape, at: window.end.toISOString(), cursors: kept.cursors, statements: known.remembered() },
      is_partial: is_full || kept.is_cut || (before?.is_partial ?? false),
    };
    return collected(
      window,
      told?.rows ?? {},
      state,
      answer.rows.length,
      worst(
        malformedOutcome(answer.malformed, 'GV$SQLSTATS'),
        fullOutcome(state.is_partial, most_cursors),
        told?.outcome,
      ),
    );
  });

async function tell(
  moved: readonly Entry[],
  known: KnownStatements,
  window: ReadingWindow,
  query: Query,
  reading: Reading,
) {
  const learned = await known.learn(
    query,
    moved.map(({ cursor }) => cursor.sql_id),
  );
  const span = {
    ...{ instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) },
  };
  const isOurs = ({ cursor }: Entry): boolean => known.isOwn(cursor.sql_id);
  const others = moved.filter((entry) => !isOurs(entry));
  const source_us = moved.filter(isOurs).reduce((total, { delta }) => total + delta.total_time_us, 0n);
  const runs = others.map(({ cursor, delta }) => ({
    ...{ sql_id: cursor.sql_id, plan_hash_value: cursor.plan_hash_value, elapsed_us: delta.total_time_us },
    ...{ instance_number: cursor.inst_id, database_name: databaseOf(cursor, reading) },
  }));
  return {
    outcome: lostOutcome(learned),
    rows: {
      query_deltas: others.map((entry) => ({ ...span, ...deltaRow(entry, known, reading) })),
      queries: learned.queries,
      instance_events: known.planEvents(runs, window),
      instance_metrics: [
        { ...span, metric: 'plumbline.source_time_us', value: Number(source_us), unit: 'us' },
        { ...span, metric: 'statements.entries', value: moved.length, unit: 'count' },
      ],
    },
  };
}

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

const databaseOf = ({ con_id }: Cursor, { source: { facts } }: Reading): string =>
  facts.containers_by_id.get(con_id) ?? facts.database_name;

function deltaRow(
  { cursor, delta, flags }: Entry,
  known: KnownStatements,
  reading: Reading,
): Omit<QueryDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'> {
  return {
    ...delta,
    query_hash: known.hashOf(cursor.sql_id),
    database_name: databaseOf(cursor, reading),
    ...{ user_name: '', native_id: cursor.sql_id, is_nested: 0, plan_hash: planHashOf(cursor.plan_hash_value) },
    ...{ min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    ...{ percentile_origin: 'means', flags },
  };
}

/** The last active last, so that the longest idle are forgotten first when there are too many. */
function keptCursors(entries: readonly Entry[], before: CursorStatementsState | undefined, most_cursors: number) {
  const cursors = new Map(Object.entries(before?.cursors ?? {}));
  for (const entry of entries) {
    cursors.delete(entry.cursor_key);
    cursors.set(entry.cursor_key, entry.packed);
  }
  return {
    cursors: Object.fromEntries([...cursors].slice(-most_cursors)),
    is_cut: cursors.size > most_cursors,
  };
}

const fullOutcome = (is_partial: boolean, most_cursors: number): AspectOutcome | undefined =>
  is_partial
    ? degraded(
        `the cursor cache holds more than ${most_cursors} statements: one that is seen for the first time only sets its baseline`,
        'Use bind variables, or CURSOR_SHARING = FORCE, so that literals do not make statements of their own; or read AWR',
      )
    : undefined;
