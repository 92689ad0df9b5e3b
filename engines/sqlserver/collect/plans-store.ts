import type { Query } from '../source.js';
import { chunks, idList, ids_at_once } from '../parameter-lists.js';
import { statement } from '../statement.js';
import { parsed } from '../fields.js';
import { isGap, orGap, type Database } from './databases.js';
import type { Gap } from './outcome.js';
import type { PlansReading, RanPlan } from './plans.js';
import { planHashOf } from './store-intervals.js';
import { knownText, learnStoreTexts } from './store-texts.js';
import { isHash } from './texts.js';

interface Candidate {
  readonly plan_id: string;
  readonly plan_hash: string;
  readonly native_id: string;
  readonly text_id: string;
  readonly last_run_at: Date;
}

export interface PlansAnswer {
  readonly plans: readonly RanPlan[];
  readonly gaps: readonly Gap[];
}

/** The costliest plans of every database with a Query Store. */
export async function storedPlans(
  query: Query,
  shared: PlansReading,
  stored: readonly { readonly database: Database }[],
): Promise<PlansAnswer> {
  const plans: RanPlan[] = [];
  const gaps: Gap[] = [];
  for (const { database } of stored) {
    shared.reading.tools.abort.throwIfAborted();
    const answer = await orGap(shared.reading.source, database, () => ofDatabase(query, shared, database));
    if (isGap(answer)) gaps.push(answer);
    else plans.push(...answer);
  }
  return { plans, gaps };
}

async function ofDatabase(query: Query, shared: PlansReading, database: Database): Promise<RanPlan[]> {
  const candidates = await readCandidates(query, shared, database);
  await learnStoreTexts(query, database, candidates, shared.texts, shared.reading, new Set());
  const visible = candidates.flatMap((candidate) => {
    const query_hash = knownText(shared.texts, database, candidate);
    return isHash(query_hash) ? [{ candidate, query_hash }] : [];
  });
  const unknown = visible.filter(
    ({ candidate, query_hash }) => !shared.told.has(`${query_hash}.${candidate.plan_hash}`),
  );
  const texts = await readPlanTexts(
    query,
    database,
    unknown.map(({ candidate }) => candidate.plan_id),
  );
  return visible.map(({ candidate, query_hash }) => ({
    ...{ database_name: database.name, query_hash, plan_hash: candidate.plan_hash },
    ...{ last_run_at: candidate.last_run_at, xml: texts.get(candidate.plan_id) },
  }));
}

async function readCandidates(query: Query, shared: PlansReading, database: Database): Promise<readonly Candidate[]> {
  const rows = await query(
    statement('plans-store.sql'),
    { since: { type: 'datetimeoffset(3)', value: shared.since }, most: { type: 'int', value: shared.most } },
    database.name,
  );
  return parsed(rows, (row) => ({
    plan_id: row.whole('plan_id').toString(),
    plan_hash: planHashOf(row.hex('query_plan_hash')),
    native_id: row.hex('query_hash'),
    text_id: row.whole('query_text_id').toString(),
    last_run_at: row.timeOrThrow('last_execution_time'),
  })).rows;
}

async function readPlanTexts(
  query: Query,
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const texts = new Map<string, string | null>();
  for (const chunk of chunks(ids, ids_at_once)) {
    const list = idList(chunk);
    const sql = statement('plans-store-texts.sql').replace('{{ids}}', () => list.text);
    for (const row of await query(sql, list.parameters, database.name))
      texts.set(row.whole('plan_id').toString(), row.text('query_plan') || null);
  }
  return texts;
}
