import {
  measure_names,
  utc,
  zero_measures,
  type DeltaFlag,
  type InstanceEventRow,
  type QueryDeltaRow,
  type StatementMeasures,
} from '@plumbline/contracts';
import { degraded, denied } from '../../shared/outcome.js';
import type { Gap } from './outcome.js';
import {
  cacheState,
  readCache,
  readCacheTexts,
  type CacheEntry,
  type CacheIdentity,
  type CacheReading,
  type CacheState,
} from './plan-cache.js';
import { serverStateGrant } from '../grants.js';
import { permission_codes, SqlServerError } from '../source-error.js';
import type { StatementsDatabases } from './statements-databases.js';
import type { StatementsReading, Told } from './statements.js';
import { hidden_text, isHash, learn, own_statement } from './texts.js';

export interface CacheTold {
  readonly told: Told;
  readonly state: CacheState | null;
  readonly gaps: readonly Gap[];
  readonly unreadable: number;
  readonly events: readonly Omit<InstanceEventRow, 'batch_id'>[];
}

const nothing: Told = { deltas: [], queries: [], own_time_us: 0n, entries: 0, rows_read: 0 };

/** What the plan cache tells of the databases without a Query Store that writes; not read when there is none. */
export async function cacheRows(shared: StatementsReading, databases: StatementsDatabases): Promise<CacheTold> {
  const none = { told: nothing, gaps: [], unreadable: 0, events: [] };
  if (databases.cached.length === 0) return { ...none, state: null };
  const before = shared.before?.cache ?? undefined;
  try {
    const cache = await readCache(shared.query, before, shared.reading);
    return await tell(shared, databases, cache);
  } catch (error) {
    if (!(error instanceof SqlServerError) || !permission_codes.has(error.code)) throw error;
    const names = databases.cached.map(({ name }) => `"${name}"`).join(', ');
    const fix = serverStateGrant(shared.reading.source.facts);
    return { ...none, state: before ?? null, gaps: [denied(`the plan cache, for ${names}: ${error.message}`, fix)] };
  }
}

async function tell(
  shared: StatementsReading,
  databases: StatementsDatabases,
  cache: CacheReading,
): Promise<CacheTold> {
  const { identities, queries, held } = await identify(shared, cache);
  const names = new Map(toldDatabases(shared, databases).map(({ database_id, name }) => [database_id, name]));
  const identityOf = (entry: CacheEntry): CacheIdentity =>
    identities.get(entry.key) ?? (hasRun(entry) ? ['awaited'] : []);
  const groups = new Map<string, Omit<QueryDeltaRow, 'batch_id'>>();
  let own_time_us = 0n;
  for (const entry of cache.entries) {
    const [database_id, known] = identities.get(entry.key) ?? nowhere;
    const database_name = names.get(database_id);
    if (entry.delta === undefined || !hasRun(entry) || database_name === undefined) continue;
    if (known === own_statement) own_time_us += entry.delta.total_time_us;
    if (!isHash(known)) continue;
    addTo(groups, deltaRow(shared, cache, entry, database_name, known));
  }
  const state = cacheState(
    databases.server_now,
    cache.entries.map((entry) => [entry, identityOf(entry)]),
  );
  return {
    told: {
      deltas: [...groups.values()],
      queries,
      own_time_us,
      entries: cache.entries.length,
      rows_read: cache.entries.length,
    },
    ...{ state, unreadable: cache.unreadable, events: cache.is_flushed ? [flushEvent(shared)] : [] },
    gaps: held === 0 ? [] : [awaitingGap(held)],
  };
}

const nowhere = [-1, ''] as const;
const hasRun = ({ delta }: CacheEntry): boolean => delta !== undefined && delta.calls > 0n;

/** A database that was read from Query Store until now sets its baseline first. */
const toldDatabases = ({ before }: StatementsReading, { cached }: StatementsDatabases) =>
  cached.filter(({ name }) => before?.databases[name]?.source === 'plan_cache');

const awaitingGap = (held: number): Gap =>
  degraded(
    `the texts of ${held} statements in the plan cache are still to be read; what they did is told then`,
    'Nothing to do; statements that differ only by literals fill the cache: ALTER DATABASE … SET PARAMETERIZATION FORCED, or optimize for ad hoc workloads',
  );

type Known = Extract<CacheIdentity, { readonly length: 2 }>;

/** Database and text of the entries that ran and are not known yet, the costliest first. */
async function identify({ query, reading, known_hashes }: StatementsReading, { entries }: CacheReading) {
  const identities = new Map<string, Known>();
  for (const { key, identity } of entries) if (identity.length === 2) identities.set(key, identity);
  const unknown = entries
    .filter((entry) => entry.identity.length < 2 && hasRun(entry))
    .sort((a, b) => Number((b.delta?.total_time_us ?? 0n) - (a.delta?.total_time_us ?? 0n)));
  const texts = await readCacheTexts(query, unknown.slice(0, reading.options.cache_texts_per_reading));
  const learned = await learn(texts, reading, known_hashes);
  for (const { key, database_id } of texts) identities.set(key, [database_id, learned.texts.get(key) ?? hidden_text]);
  return { identities, queries: learned.queries, held: unknown.filter(({ key }) => !identities.has(key)).length };
}

function deltaRow(
  { reading, window }: StatementsReading,
  cache: CacheReading,
  entry: CacheEntry,
  database_name: string,
  query_hash: string,
): Omit<QueryDeltaRow, 'batch_id'> {
  const flags: DeltaFlag[] = [
    ...(entry.is_reset ? (['counter_reset'] as const) : []),
    ...(cache.gone > 0 ? (['evictions'] as const) : []),
    ...(entry.is_late ? (['late_text'] as const) : []),
  ];
  return {
    ...zero_measures,
    ...entry.delta,
    ...{ instance_id: reading.instance_id, query_hash, database_name, user_name: '', is_nested: 0 },
    ...{ window_start: utc(window.start), window_end: utc(window.end) },
    ...{ native_id: entry.native_id, plan_hash: entry.plan_hash, min_time_us: null, max_time_us: null },
    ...{ bucket_upper_us: [], bucket_calls: [], percentile_origin: 'means', flags },
  };
}

/** Entries that differ by session settings, offsets or literals are one statement here. */
function addTo(groups: Map<string, Omit<QueryDeltaRow, 'batch_id'>>, row: Omit<QueryDeltaRow, 'batch_id'>): void {
  const key = JSON.stringify([row.query_hash, row.database_name, row.plan_hash, row.native_id]);
  const known = groups.get(key);
  groups.set(key, known === undefined ? row : { ...known, ...summed(known, row), flags: unionOf(known, row) });
}

const unionOf = (one: Omit<QueryDeltaRow, 'batch_id'>, other: Omit<QueryDeltaRow, 'batch_id'>): DeltaFlag[] => [
  ...new Set([...one.flags, ...other.flags]),
];

function summed(one: StatementMeasures, other: StatementMeasures): StatementMeasures {
  const sum = measure_names.map((name) =>
    name === 'sum_square_time_us2' ? [name, one[name] + other[name]] : [name, one[name] + other[name]],
  );
  return Object.fromEntries(sum) as unknown as StatementMeasures;
}

function flushEvent({ reading, window }: StatementsReading): Omit<InstanceEventRow, 'batch_id'> {
  return {
    ...{ instance_id: reading.instance_id, kind: 'counter_reset', database_name: '', query_hash: '' },
    ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
    ...{ object_name: 'plan cache', subject: '', before: '', after: '' },
  };
}
