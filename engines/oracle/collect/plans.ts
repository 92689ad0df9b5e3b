import { utc, type PlanNode, type PlanRow } from '@plumbline/contracts';
import { planHashOf } from '../normalize.js';
import { plan_line_shape, planTree } from '../plan-tree.js';
import { key, place, shaped, whole, type RowOf } from '../fields.js';
import type { Query } from '../source.js';
import { degraded } from '../../shared/outcome.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { awrDbid, latestMarks } from './snapshots.js';
import { StatementMemory, type RememberedHashes } from './statement-memory.js';

interface PlansState {
  readonly shape: 'oracle.plans.1';
  readonly at: string;
  readonly hashes: RememberedHashes;
  /** `sql_id.plan_hash_value` of plans told, the last seen last: a plan never changes under its number. */
  readonly told: readonly string[];
}

const shape = 'oracle.plans.1';
const longest_memory = 5_000;
/** Candidates read for each plan asked: the costliest are known after the first readings. */
const candidates_per_plan = 10;
/** AWR: plans of this many snapshots back are looked at. */
const snapshots_looked_back = 24;

const candidate_shape = { sql_id: key, plan_hash_value: whole, inst_id: place };
type Candidate = RowOf<typeof candidate_shape>;
const keyOf = (one: Candidate): string => `${one.sql_id}.${one.plan_hash_value ?? 0n}`;

/** Plans that were really used, with the optimizer's estimates: from the cursor cache, else from AWR. */
export const plans: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<PlansState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const { rows: candidates, malformed } = shaped(await readCandidates(query, reading), candidate_shape);
    const told = new Set(before?.told ?? []);
    const wanted = candidates.filter((one) => !told.has(keyOf(one))).slice(0, reading.options.plans_per_reading);
    const memory = new StatementMemory(before?.hashes, reading);
    await memory.learn(
      query,
      wanted.map(({ sql_id }) => sql_id),
    );
    const rows: Omit<PlanRow, 'batch_id'>[] = [];
    let broken = 0;
    for (const candidate of wanted) {
      reading.tools.abort.throwIfAborted();
      const query_hash = memory.hashOf(candidate.sql_id);
      if (query_hash === '') continue;
      told.add(keyOf(candidate));
      const tree = await readPlan(query, reading, candidate);
      if (tree === 'broken') broken++;
      if (typeof tree === 'object') rows.push(planRow(tree, candidate, query_hash, reading));
    }
    const state: PlansState = {
      ...{ shape, at: window.end.toISOString(), hashes: memory.remembered() },
      told: [...told].slice(-longest_memory),
    };
    const outcome = worst(
      malformedOutcome(malformed, 'the costliest plans'),
      broken === 0 ? undefined : degraded(`the lines of ${broken} plans do not make a tree`, 'Report it'),
    );
    return collected(window, { plans: rows }, state, candidates.length, outcome);
  });

async function readCandidates(query: Query, reading: Reading) {
  const most = reading.options.plans_per_reading * candidates_per_plan;
  if (reading.history !== 'awr') return query('cursor-plan-candidates.sql', { most });
  const { marks } = await latestMarks(query, reading);
  const newest = Math.max(0, ...Object.values(marks).map(({ snap_id }) => snap_id));
  const from_snap_id = newest - snapshots_looked_back;
  return query('awr-plan-candidates.sql', { dbid: awrDbid(reading), from_snap_id, most });
}

/** `gone`: no view has it any more. The cursor cache first: before 21c AWR keeps no conditions. */
async function readPlan(query: Query, reading: Reading, candidate: Candidate): Promise<PlanNode | 'gone' | 'broken'> {
  const { sql_id, inst_id } = candidate;
  const plan_hash_value = String(candidate.plan_hash_value ?? 0n);
  const cached = reading.source.dictionary.canRead('GV$SQL_PLAN')
    ? shaped(await query('cursor-plan.sql', { sql_id, plan_hash_value, inst_id }), plan_line_shape)
    : { rows: [], malformed: 0 };
  const kept =
    cached.rows.length > 0 || cached.malformed > 0 || reading.history !== 'awr'
      ? cached
      : shaped(await query('awr-plan.sql', { dbid: awrDbid(reading), sql_id, plan_hash_value }), plan_line_shape);
  if (kept.malformed > 0) return 'broken';
  if (kept.rows.length === 0) return 'gone';
  return planTree(kept.rows, reading.tools.redact) ?? 'broken';
}

const planRow = (
  tree: PlanNode,
  candidate: Candidate,
  query_hash: string,
  reading: Reading,
): Omit<PlanRow, 'batch_id'> => ({
  ...{ instance_id: reading.instance_id, query_hash, plan_hash: planHashOf(candidate.plan_hash_value) },
  ...{ observed_at: utc(reading.tools.clock.now()), total_cost: tree.total_cost ?? 0, origin: 'sampled' },
  tree: JSON.stringify(tree),
});
