import { utc, type InstanceEventRow, type PlanRow } from '@plumbline/contracts';
import { explain } from '../explain.js';
import { hashOfPlan, planTree, type ExplainNode } from '../plan-tree.js';
import { quoted, statement, type Query } from '../source.js';
import { collected, stateOf, windowOf, type CollectAspect, type Reading } from './reading.js';
import { extensionMissing } from './statements-outcome.js';
import { readExtension, type Extension } from './statements-read.js';

interface Candidate {
  readonly userid: string;
  readonly queryid: string;
  readonly total_ms: number;
  readonly text: string;
}

/** By query_hash; `failed_on` is the schema's mark when the planner refused: asked again only after DDL. */
type Known = { readonly plan_hash: string } | { readonly failed_on: string; readonly reason: string };

interface PlansState {
  readonly shape: 'postgresql.plans.1';
  readonly at: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly known: Readonly<Record<string, Known>>;
}

const shape = 'postgresql.plans.1';
const longest_memory = 2_000;
/** Candidates read for each plan asked: the costliest since the reset need not be the costliest now. */
const candidates_per_plan = 10;
/** Locks or timeouts met before the reading ends: each costs the source a waiting session. */
const most_waits = 2;

/** Estimated plans of the statements that took most time since the last reading; nothing is executed. */
export const plans: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<PlansState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const extension = await readExtension(query);
    if (extension === undefined)
      return collected(window, {}, previous ?? null, 0, extensionMissing(reading.source.facts));
    const candidates = await readCandidates(query, extension, reading);
    const mark = await schemaMark(query);
    const known: Record<string, Known> = { ...before?.known };
    const rows: Omit<PlanRow, 'batch_id'>[] = [];
    const events: Omit<InstanceEventRow, 'batch_id'>[] = [];
    let refused = '';
    let asked = 0;
    let gave_way = 0;
    for (const { text } of byRecentTime(candidates, before)) {
      if (asked >= reading.options.plans_per_reading || gave_way >= most_waits) break;
      const { query_hash } = reading.tools.template(text);
      const was = known[query_hash];
      if (isRefused(was, mark)) {
        refused ||= was.reason;
        continue;
      }
      reading.tools.abort.throwIfAborted();
      asked++;
      const answer = await explain(query, reading.source.facts.major, text);
      if ('reason' in answer) {
        refused = answer.reason;
        if (answer.is_passing) gave_way++;
        else known[query_hash] = { failed_on: mark, reason: answer.reason };
        continue;
      }
      const row = planRow(answer.plan, query_hash, reading, window.end);
      known[query_hash] = { plan_hash: row.plan_hash };
      rows.push(row);
      events.push(...planChange(was, row, reading, window));
    }
    const state: PlansState = {
      ...{ shape, at: window.end.toISOString() },
      totals: Object.fromEntries(candidates.map((candidate) => [keyOf(candidate), candidate.total_ms])),
      known: Object.fromEntries(Object.entries(known).slice(-longest_memory)),
    };
    return collected(
      window,
      { plans: rows, instance_events: events },
      state,
      candidates.length,
      outcomeOf(refused, known, reading),
    );
  });

const isRefused = (was: Known | undefined, mark: string): was is Extract<Known, { readonly failed_on: string }> =>
  was !== undefined && 'failed_on' in was && was.failed_on === mark;

function planRow(plan: ExplainNode, query_hash: string, reading: Reading, at: Date): Omit<PlanRow, 'batch_id'> {
  const tree = planTree(plan, reading.tools.redact);
  return {
    ...{ instance_id: reading.instance_id, query_hash, plan_hash: hashOfPlan(tree), observed_at: utc(at) },
    ...{ total_cost: tree.total_cost ?? 0, origin: 'generic', tree: JSON.stringify(tree) },
  };
}

function planChange(
  was: Known | undefined,
  row: Omit<PlanRow, 'batch_id'>,
  reading: Reading,
  window: { readonly start: Date; readonly end: Date },
): Omit<InstanceEventRow, 'batch_id'>[] {
  if (was === undefined || 'failed_on' in was || was.plan_hash === row.plan_hash) return [];
  return [
    {
      ...{ instance_id: reading.instance_id, kind: 'plan_changed', query_hash: row.query_hash, object_name: '' },
      ...{ database_name: reading.source.facts.database_name, subject: row.plan_hash },
      ...{
        occurred_at: utc(window.end),
        noticed_after: utc(window.start),
        before: was.plan_hash,
        after: row.plan_hash,
      },
    },
  ];
}

const keyOf = (candidate: Candidate): string => `${candidate.userid}.${candidate.queryid}`;

function readCandidates(query: Query, extension: Extension, reading: Reading): Promise<Candidate[]> {
  const sql = statement('plan-candidates.sql').replace('{{schema}}', () => quoted(extension.schema_name));
  return query<Candidate>(sql, [reading.options.plans_per_reading * candidates_per_plan]);
}

/** Most time since the last reading first; a total that went down was reset and counts whole. */
function byRecentTime(candidates: readonly Candidate[], before: PlansState | undefined): readonly Candidate[] {
  const recent = (candidate: Candidate): number => {
    const difference = candidate.total_ms - (before?.totals[keyOf(candidate)] ?? 0);
    return difference < 0 ? candidate.total_ms : difference;
  };
  return candidates.filter((candidate) => recent(candidate) > 0).sort((a, b) => recent(b) - recent(a));
}

/** Changes when a table, column or index came or went: what was refused may be accepted now. */
async function schemaMark(query: Query): Promise<string> {
  const [row] = await query<{ mark: string }>(
    `SELECT count(*) || '.' || coalesce(max(oid::bigint), 0) || '.' || sum(relnatts) || '.' || count(relacl) AS mark
     FROM pg_class WHERE relpersistence = 'p'`,
  );
  return row?.mark ?? '';
}

function outcomeOf(refused: string, known: Readonly<Record<string, Known>>, reading: Reading) {
  if (refused === '') return { state: 'ok' as const, message: '', fix: '' };
  const failed = Object.values(known).filter((one) => 'failed_on' in one).length;
  const user = quoted(reading.source.facts.user_name);
  return {
    state: 'degraded' as const,
    message: `${failed} statements have no plan, for example: ${refused}`,
    fix: `If a grant is missing: GRANT pg_read_all_data TO ${user}, or GRANT SELECT on the tables; else nothing to do`,
  };
}
