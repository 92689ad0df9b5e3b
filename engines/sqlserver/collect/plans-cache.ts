import { denied } from '../../shared/outcome.js';
import type { Query } from '../source.js';
import { chunks, entries_at_once, handleRows, type Handles } from '../parameter-lists.js';
import { statement } from '../statement.js';
import { parsed } from '../fields.js';
import { serverStateGrant } from '../grants.js';
import { permission_codes, SqlServerError } from '../source-error.js';
import type { Database } from './databases.js';
import { instantOfLocal } from './local-time.js';
import type { PlansReading, RanPlan } from './plans.js';
import type { PlansAnswer } from './plans-store.js';
import { planHashOf } from './store-intervals.js';
import { hidden_text, isHash, learn } from './texts.js';

/** The costliest plans in the cache, of the databases without a Query Store that writes. */
export async function cachedPlans(
  query: Query,
  shared: PlansReading,
  cached: readonly Database[],
): Promise<PlansAnswer> {
  if (cached.length === 0) return { plans: [], gaps: [] };
  try {
    return { plans: await readPlans(query, shared, cached), gaps: [] };
  } catch (error) {
    if (!(error instanceof SqlServerError) || !permission_codes.has(error.code)) throw error;
    return { plans: [], gaps: [denied(error.message, serverStateGrant(shared.reading.source.facts))] };
  }
}

async function readPlans(query: Query, shared: PlansReading, cached: readonly Database[]): Promise<RanPlan[]> {
  const names = new Map(cached.map(({ database_id, name }) => [database_id, name]));
  const entries = await readEntries(query, shared);
  const read: CachedPlan[] = [];
  for (const chunk of chunks(entries, entries_at_once)) read.push(...(await readChunk(query, chunk, names)));
  const texts = read.map(({ text }, place) => ({ key: String(place), text: text === '' ? null : text, is_cut: false }));
  const learned = await learn(texts, shared.reading, new Set());
  return read.flatMap(({ entry, database_name, xml }, place) => {
    const query_hash = learned.texts.get(String(place)) ?? hidden_text;
    if (database_name === undefined || !isHash(query_hash)) return [];
    const is_told = shared.told.has(`${query_hash}.${entry.plan_hash}`);
    const { plan_hash, last_run_at } = entry;
    return [{ database_name, query_hash, plan_hash, last_run_at, xml: is_told ? undefined : xml }];
  });
}

interface CachedPlan {
  readonly entry: CachedEntry;
  readonly database_name: string | undefined;
  readonly xml: string | null;
  readonly text: string;
}

async function readChunk(
  query: Query,
  entries: readonly CachedEntry[],
  names: ReadonlyMap<number, string>,
): Promise<readonly CachedPlan[]> {
  const list = handleRows(entries);
  const sql = statement('plans-cache-texts.sql').replace('{{entries}}', () => list.text);
  const { rows } = parsed(await query(sql, list.parameters), (row) => ({
    place: row.number('entry') ?? -1,
    database_name: names.get(row.number('database_id') ?? -1),
    xml: row.text('query_plan') || null,
    text: row.text('text'),
  }));
  // The last entry fills the list up, so it may come several times.
  const by_place = new Map(rows.map((row) => [row.place, row]));
  return entries.flatMap((entry, place) => {
    const row = by_place.get(place);
    return row === undefined ? [] : [{ ...row, entry }];
  });
}

interface CachedEntry extends Handles {
  readonly plan_hash: string;
  readonly last_run_at: Date;
}

async function readEntries(query: Query, shared: PlansReading): Promise<readonly CachedEntry[]> {
  const rows = await query(statement('plans-cache.sql'), { most: { type: 'int', value: shared.most } });
  return parsed(rows, (row) => ({
    sql_handle: row.hex('sql_handle'),
    plan_handle: row.hex('plan_handle'),
    start_offset: row.number('statement_start_offset') ?? 0,
    end_offset: row.number('statement_end_offset') ?? -1,
    plan_hash: planHashOf(row.hex('query_plan_hash')),
    last_run_at: instantOfLocal(row.timeOrThrow('last_execution_time'), row.number('local_offset_min') ?? 0),
  })).rows;
}
