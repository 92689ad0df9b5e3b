import { utc, type InstanceEventRow, type PlanNode, type PlanRow } from '@plumbline/contracts';
import { hashOfPlan } from '@plumbline/sql';
import { collected, nothingRead, stateOf, windowOf } from '../../shared/reading.js';
import { allowed } from '../allowed.js';
import { explain, nothing_read } from '../explain.js';
import { grantStatistics } from '../grants.js';
import type { Query } from '../source.js';
import { readCandidates, type Candidate } from './plan-candidates.js';
import { plansOutcome } from './plans-outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { readSetup } from './statements-read.js';

/** By query_hash; `failed_at` is when the planner refused: asked again after a while. */
type Known = { readonly plan_hash: string } | { readonly failed_at: string; readonly reason: string };

interface PlansState {
  readonly shape: 'mysql.plans.1';
  readonly at: string;
  /** Picoseconds by query_hash. */
  readonly timers: Readonly<Record<string, string>>;
  readonly known: Readonly<Record<string, Known>>;
}

const shape = 'mysql.plans.1';
const longest_memory = 2_000;
/** What was refused may be accepted after a grant or a change of the schema, which nothing tells cheaply. */
const ask_again_ms = 6 * 3600 * 1000;
/** Locks or timeouts met before the reading ends: each costs the source a waiting session. */
const most_waits = 2;

/** Estimated plans of the statements that took most time since the last reading, from samples with values. */
export const plans: CollectAspect = async (reading, previous) => {
  const { source } = reading;
  const before = stateOf<PlansState>(previous, shape);
  const window = windowOf(reading, before?.at);
  const read = await source.read('fast', (query) =>
    allowed(async () => ({
      setup: source.facts.has_performance_schema ? await readSetup(query) : undefined,
      candidates: await readCandidates(query, reading),
    })),
  );
  if (read === undefined) {
    const message = 'the statements to plan may not be read';
    return nothingRead(reading, previous, { state: 'denied', message, fix: grantStatistics(source.facts) });
  }
  const known: Record<string, Known> = { ...before?.known };
  const due = dueOf(read.candidates, before, window.end).slice(0, reading.options.plans_per_reading);
  const asked = await askPlans(due, known, reading, window);
  const state: PlansState = {
    ...{ shape, at: window.end.toISOString() },
    timers: Object.fromEntries(read.candidates.map(({ query_hash, timer_ps }) => [query_hash, timer_ps.toString()])),
    known: Object.fromEntries(Object.entries(known).slice(-longest_memory)),
  };
  const failed = Object.values(known).filter((one) => 'failed_at' in one && one.reason !== nothing_read).length;
  const outcome = plansOutcome(read.setup, source.facts, failed, asked.refused);
  const rows = { plans: asked.plans, instance_events: asked.instance_events };
  return collected(window, rows, state, read.candidates.length, outcome);
};

interface Asked {
  readonly plans: Omit<PlanRow, 'batch_id'>[];
  readonly instance_events: Omit<InstanceEventRow, 'batch_id'>[];
  /** Why one was refused; '' when none was. */
  refused: string;
}

interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** Schema by schema, because a plan is asked for in the default schema that the statement's session had. */
async function askPlans(
  due: readonly Candidate[],
  known: Record<string, Known>,
  reading: Reading,
  window: Span,
): Promise<Asked> {
  const asked: Asked = { plans: [], instance_events: [], refused: '' };
  let gave_way = 0;
  const askOne = async (query: Query, { query_hash, sample }: Candidate): Promise<void> => {
    if (gave_way >= most_waits) return;
    reading.tools.abort.throwIfAborted();
    const answer = await explain(query, reading.source.facts, sample, reading.tools.redact);
    if ('plan' in answer) {
      const row = planRow(answer.plan, query_hash, reading, window.end);
      asked.plans.push(row);
      asked.instance_events.push(...planChange(known[query_hash], row, reading, window));
      known[query_hash] = { plan_hash: row.plan_hash };
      return;
    }
    if (answer.is_passing) gave_way++;
    else known[query_hash] = { failed_at: window.end.toISOString(), reason: answer.reason };
    if (answer.reason !== nothing_read) asked.refused = answer.reason;
  };
  for (const [schema_name, candidates] of bySchema(due, reading.source.facts.database_name)) {
    const work = async (query: Query): Promise<void> => {
      for (const candidate of candidates) await askOne(query, candidate);
    };
    const is_done = await allowed(() => reading.source.read('catalog', work, schema_name).then(() => true));
    if (is_done === undefined) asked.refused = `the schema ${schema_name} may not be used`;
  }
  return asked;
}

function bySchema(candidates: readonly Candidate[], default_schema: string): ReadonlyMap<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const schema_name = candidate.schema_name === '' ? default_schema : candidate.schema_name;
    groups.set(schema_name, [...(groups.get(schema_name) ?? []), candidate]);
  }
  return groups;
}

/** Most time since the last reading first; a timer that went down was reset and counts whole. */
function dueOf(candidates: readonly Candidate[], before: PlansState | undefined, now: Date): Candidate[] {
  const recent = ({ query_hash, timer_ps }: Candidate): bigint => {
    const difference = timer_ps - BigInt(before?.timers[query_hash] ?? '0');
    return difference < 0n ? timer_ps : difference;
  };
  const is_refused = ({ query_hash }: Candidate): boolean => {
    const was = before?.known[query_hash];
    return was !== undefined && 'failed_at' in was && now.getTime() - Date.parse(was.failed_at) < ask_again_ms;
  };
  return candidates
    .filter((candidate) => (recent(candidate) > 0n || candidate.timer_ps === 0n) && !is_refused(candidate))
    .sort((one, other) => Number(recent(other) - recent(one)));
}

function planRow(tree: PlanNode, query_hash: string, reading: Reading, at: Date): Omit<PlanRow, 'batch_id'> {
  return {
    ...{ instance_id: reading.instance_id, query_hash, plan_hash: hashOfPlan(tree), observed_at: utc(at) },
    ...{ total_cost: tree.total_cost ?? 0, origin: 'sampled', tree: JSON.stringify(tree) },
  };
}

function planChange(
  was: Known | undefined,
  row: Omit<PlanRow, 'batch_id'>,
  reading: Reading,
  window: Span,
): Omit<InstanceEventRow, 'batch_id'>[] {
  if (was === undefined || 'failed_at' in was || was.plan_hash === row.plan_hash) return [];
  return [
    {
      ...{ instance_id: reading.instance_id, kind: 'plan_changed', query_hash: row.query_hash, object_name: '' },
      ...{ database_name: '', subject: row.plan_hash, before: was.plan_hash, after: row.plan_hash },
      ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
    },
  ];
}
