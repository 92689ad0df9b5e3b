import {
  utc,
  type CollectedRows,
  type InstanceEventRow,
  type QueryDeltaRow,
  type QueryRow,
} from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { degraded } from '../../shared/outcome.js';
import type { Query } from '../source.js';
import { databasesOf, type StatementsDatabases } from './statements-databases.js';
import { outcomeOf, unreadableGap, type Gap } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { cacheRows, type CacheTold } from './statements-cache.js';
import { storeRows, type StoreTold } from './statements-store.js';
import { longest_texts_memory, statements_shape, type StatementsState } from './statements-state.js';

type Row<Table> = Omit<Table, 'batch_id'>;

/** What one source of statements gave, ready for the batch. */
export interface Told {
  readonly deltas: readonly Row<QueryDeltaRow>[];
  readonly queries: readonly Row<QueryRow>[];
  readonly own_time_us: bigint;
  readonly entries: number;
  readonly rows_read: number;
}

/** What the two sources of one reading share. */
export interface StatementsReading {
  readonly reading: Reading;
  readonly query: Query;
  readonly before: StatementsState | undefined;
  readonly window: { readonly start: Date; readonly end: Date };
  readonly texts: Map<string, string>;
  readonly known_hashes: Set<string>;
}

/**
 * What every statement did since the last reading: per database from Query Store where it is READ_WRITE, else from the
 * plan cache, never both. The first reading, and a database's first from another source, only set the baseline.
 */
export const statements: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<StatementsState>(previous, statements_shape);
    const texts = new Map(before?.texts ?? []);
    const shared: StatementsReading = {
      ...{ reading, query, before, texts },
      window: windowOf(reading, before?.at),
      known_hashes: new Set(texts.values()),
    };
    const databases = await databasesOf(shared);
    const store = await storeRows(shared, databases);
    const cache = await cacheRows(shared, databases);
    return finish(shared, databases, store, cache);
  });

function finish(shared: StatementsReading, databases: StatementsDatabases, store: StoreTold, cache: CacheTold) {
  const { window, before, reading } = shared;
  const state: StatementsState = {
    ...{ shape: statements_shape, at: window.end.toISOString() },
    databases: Object.fromEntries([...store.states, ...databases.cached.map(({ name }) => [name, cached] as const)]),
    cache: cache.state,
    texts: [...shared.texts].slice(-longest_texts_memory),
  };
  const gaps: readonly Gap[] = [
    ...databases.gaps,
    ...store.gaps,
    ...cache.gaps,
    ...unreadableGap('the statement views', store.unreadable + cache.unreadable),
    ...hiddenGap(store.hidden),
  ];
  const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
  const rows: CollectedRows = {
    query_deltas: [...store.told.deltas, ...cache.told.deltas],
    queries: [...store.told.queries, ...cache.told.queries],
    instance_events: [...store.cleared.map((name) => clearEvent(name, shared)), ...cache.events],
    instance_metrics: [
      {
        ...{ ...base, metric: 'plumbline.source_time_us', unit: 'us' },
        value: Number(store.told.own_time_us + cache.told.own_time_us),
      },
      { ...base, metric: 'statements.entries', value: store.told.entries + cache.told.entries, unit: 'count' },
    ],
  };
  const rows_read = store.told.rows_read + cache.told.rows_read;
  return collected(window, before === undefined ? {} : rows, state, rows_read, outcomeOf(gaps));
}

const cached = { source: 'plan_cache' } as const;

const hiddenGap = (hidden: number): readonly Gap[] =>
  hidden === 0
    ? []
    : [
        degraded(
          `${hidden} statements of encrypted modules ran, whose text the server does not tell: they are left out`,
          'Nothing to mend while the modules are created WITH ENCRYPTION',
        ),
      ];

function clearEvent(database_name: string, { reading, window }: StatementsReading): Row<InstanceEventRow> {
  return {
    ...{ instance_id: reading.instance_id, kind: 'counter_reset', database_name, query_hash: '' },
    ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
    ...{ object_name: 'Query Store', subject: '', before: '', after: '' },
  };
}
