import { utc, zero_measures, type QueryDeltaRow } from '@plumbline/contracts';
import { degraded } from '../../shared/outcome.js';
import { isGap, orGap, type Database } from './databases.js';
import type { Gap } from './outcome.js';
import { readStore, type StoreDelta, type StoreReading, type StoreState } from './query-store.js';
import type { StatementsDatabases } from './statements-databases.js';
import type { StatementsReading, Told } from './statements.js';
import { spanWithin } from './store-intervals.js';
import type { StoreOptions } from './store-options.js';
import { knownText, learnStoreTexts } from './store-texts.js';
import { isHash, own_statement } from './texts.js';

export interface StoreTold {
  readonly told: Told;
  readonly states: readonly (readonly [database_name: string, StoreState])[];
  readonly gaps: readonly Gap[];
  readonly unreadable: number;
  /** Statements whose text the server hides. */
  readonly hidden: number;
  readonly cleared: readonly string[];
}

/** What Query Store tells of the databases where it is on. */
export async function storeRows(shared: StatementsReading, { stored }: StatementsDatabases): Promise<StoreTold> {
  const gaps: Gap[] = [];
  const states: [string, StoreState][] = [];
  const answers: DatabaseTold[] = [];
  for (const { database, options } of stored) {
    shared.reading.tools.abort.throwIfAborted();
    const was = shared.before?.databases[database.name];
    const before = was?.source === 'query_store' ? was : undefined;
    const answer = await orGap(shared.reading.source, database, () => readDatabase(shared, database, options, before));
    if (isGap(answer)) {
      gaps.push(answer);
      if (before !== undefined) states.push([database.name, before]);
      continue;
    }
    states.push([database.name, answer.store.state]);
    if (answer.store.intervals_left > 0) gaps.push(catchingUp(database, answer.store));
    answers.push(answer);
  }
  const sum = (countOf: (answer: DatabaseTold) => number): number =>
    answers.reduce((total, answer) => total + countOf(answer), 0);
  return {
    told: {
      deltas: answers.flatMap(({ deltas }) => deltas),
      queries: answers.flatMap(({ queries }) => queries),
      own_time_us: answers.reduce((total, { own_time_us }) => total + own_time_us, 0n),
      entries: sum(({ store }) => Object.keys(store.state.totals).length),
      rows_read: sum(({ store }) => store.rows_read),
    },
    ...{ states, gaps, unreadable: sum(({ store }) => store.unreadable), hidden: sum(({ hidden }) => hidden) },
    cleared: answers.filter(({ store }) => store.is_cleared).map(({ database }) => database.name),
  };
}

/** What one database gave. */
interface DatabaseTold extends Pick<Told, 'deltas' | 'queries' | 'own_time_us'> {
  readonly database: Database;
  readonly store: StoreReading;
  readonly hidden: number;
}

const catchingUp = (database: Database, store: StoreReading): Gap =>
  degraded(
    `"${database.name}": ${store.intervals_left} intervals of the time without readings are still to be read`,
    'Nothing to do: each reading takes the oldest ones; nothing is lost',
  );

async function readDatabase(
  shared: StatementsReading,
  database: Database,
  options: StoreOptions,
  before: StoreState | undefined,
): Promise<DatabaseTold> {
  const store = await readStore(shared.query, database, options, before, shared.reading);
  const { query, reading, texts } = shared;
  const stored = store.deltas.map(({ entry }) => entry);
  const queries = await learnStoreTexts(query, database, stored, texts, reading, shared.known_hashes);
  const known = store.deltas.map((one) => [one, knownText(texts, database, one.entry)] as const);
  const own = known.filter(([, text]) => text === own_statement);
  const visible = known.filter(([, text]) => isHash(text));
  return {
    ...{ database, store, queries, hidden: known.length - own.length - visible.length },
    deltas: visible.map(([one, query_hash]) => deltaRow(shared, database, store, one, query_hash)),
    own_time_us: own.reduce((total, [{ delta }]) => total + delta.total_time_us, 0n),
  };
}

function deltaRow(
  shared: StatementsReading,
  database: Database,
  store: StoreReading,
  one: StoreDelta,
  query_hash: string,
): Omit<QueryDeltaRow, 'batch_id'> {
  const span = spanWithin(one.interval, store.read_since, shared.window);
  return {
    ...zero_measures,
    ...one.delta,
    ...{ instance_id: shared.reading.instance_id, query_hash, database_name: database.name, user_name: '' },
    ...{ window_start: utc(span.start), window_end: utc(span.end) },
    ...{ native_id: one.entry.native_id, plan_hash: one.entry.plan_hash, is_nested: 0 },
    min_time_us: one.is_whole ? one.entry.min_time_us : null,
    max_time_us: one.is_whole ? one.entry.max_time_us : null,
    ...{ bucket_upper_us: [], bucket_calls: [], percentile_origin: 'means' },
    flags: store.is_cleared ? ['counter_reset'] : [],
  };
}
