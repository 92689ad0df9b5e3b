import { aspect_ok, utc, type AspectOutcome, type InstanceEventRow, type PlanRow } from '@plumbline/contracts';
import { hashOfPlan } from '@plumbline/sql';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { explain } from '../explain.js';
import { planTree, type ExplainNode } from '../plan-tree.js';
import { bearsMark } from '../../shared/own-mark.js';
import { quoted, type Query } from '../source.js';
import type { CollectAspect, Reading } from './reading.js';
import { withStatements } from './statements-outcome.js';
import { inSchema, type Extension } from './statements-read.js';
import { readTexts, type Texts } from './texts-read.js';

type Row<Table> = Omit<Table, 'batch_id'>;
interface Window {
  readonly start: Date;
  readonly end: Date;
}

interface Total {
  readonly userid: string;
  readonly queryid: string;
  readonly total_ms: number;
}

interface Candidate {
  readonly text: string;
  readonly query_hash: string;
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
const candidates_per_plan = 20;
const plannable: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge']);
/** Locks or timeouts met before the reading ends: each costs the source a waiting session. */
const most_waits = 2;

/** Estimated plans of the statements that took most time since the last reading; nothing is executed. */
export const plans: CollectAspect = async (reading, previous) => {
  const before = stateOf<PlansState>(previous, shape);
  const window = windowOf(reading, before?.at);
  const asked = await reading.source.read('catalog', (query) =>
    withStatements(query, reading.source.facts, async (extension) => ({
      extension,
      totals: await readTotals(query, extension, reading),
    })),
  );
  if ('unable' in asked) return collected(window, {}, previous ?? null, 0, asked.unable);
  const { extension, totals } = asked.answer;
  const recent = byRecentTime(totals, before);
  const texts = await readTexts(reading.source, 'catalog', extension, [
    ...new Set(recent.map(({ queryid }) => queryid)),
  ]);
  const planned = await reading.source.read('catalog', (query) =>
    planAll(query, candidatesOf(recent, texts, reading), before, window, reading),
  );
  const state: PlansState = {
    ...{ shape, at: window.end.toISOString() },
    totals: Object.fromEntries(totals.map((total) => [keyOf(total), total.total_ms])),
    known: Object.fromEntries(Object.entries(planned.known).slice(-longest_memory)),
  };
  const outcome = texts.hindrance ?? outcomeOf(planned, reading);
  return collected(window, { plans: planned.rows, instance_events: planned.events }, state, totals.length, outcome);
};

interface Planned {
  readonly known: Readonly<Record<string, Known>>;
  readonly rows: readonly Row<PlanRow>[];
  readonly events: readonly Row<InstanceEventRow>[];
  /** Why the last statement refused has no plan; '' when all have one. */
  readonly refused: string;
}

async function planAll(
  query: Query,
  candidates: readonly Candidate[],
  before: PlansState | undefined,
  window: Window,
  reading: Reading,
): Promise<Planned> {
  const mark = await schemaMark(query);
  const known: Record<string, Known> = { ...before?.known };
  const rows: Row<PlanRow>[] = [];
  const events: Row<InstanceEventRow>[] = [];
  let refused = '';
  let asked = 0;
  let gave_way = 0;
  for (const { text, query_hash } of candidates) {
    if (asked >= reading.options.plans_per_reading || gave_way >= most_waits) break;
    const was = known[query_hash];
    if (isRefused(was, mark)) {
      refused ||= was.reason;
      continue;
    }
    reading.tools.abort.throwIfAborted();
    asked++;
    const answer = await explain(query, reading.source.facts.major, text);
    if ('reason' in answer) {
      refused = answer.reason || refused;
      if (answer.is_passing) gave_way++;
      else known[query_hash] = { failed_on: mark, reason: answer.reason };
      continue;
    }
    const row = planRow(answer.plan, query_hash, reading, window.end);
    known[query_hash] = { plan_hash: row.plan_hash };
    rows.push(row);
    events.push(...planChange(was, row, reading, window));
  }
  return { known, rows, events, refused };
}

const isRefused = (was: Known | undefined, mark: string): was is Extract<Known, { readonly failed_on: string }> =>
  was !== undefined && 'failed_on' in was && was.failed_on === mark;

function planRow(plan: ExplainNode, query_hash: string, reading: Reading, at: Date): Row<PlanRow> {
  const tree = planTree(plan, reading.tools.redact);
  return {
    ...{ instance_id: reading.instance_id, query_hash, plan_hash: hashOfPlan(tree), observed_at: utc(at) },
    ...{ total_cost: tree.total_cost ?? 0, origin: 'generic', tree: JSON.stringify(tree) },
  };
}

function planChange(
  was: Known | undefined,
  row: Row<PlanRow>,
  reading: Reading,
  window: Window,
): Row<InstanceEventRow>[] {
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

const keyOf = (total: Total): string => `${total.userid}.${total.queryid}`;

function readTotals(query: Query, extension: Extension, reading: Reading): Promise<Total[]> {
  const most = reading.options.plans_per_reading * candidates_per_plan;
  return query<Total>(inSchema('plan-candidates.sql', extension), [most]);
}

/** Most time since the last reading first; a total that went down was reset and counts whole. */
function byRecentTime(totals: readonly Total[], before: PlansState | undefined): readonly Total[] {
  const recent = (total: Total): number => {
    const difference = total.total_ms - (before?.totals[keyOf(total)] ?? 0);
    return difference < 0 ? total.total_ms : difference;
  };
  return totals.filter((total) => recent(total) > 0).sort((a, b) => recent(b) - recent(a));
}

/** Statements that can be planned, each once, in the same order: whole texts of DML that are not our own. */
function candidatesOf(recent: readonly Total[], texts: Texts, reading: Reading): readonly Candidate[] {
  const by_id = new Map(texts.rows.map((row) => [`${row.userid}.${row.queryid}`, row]));
  const candidates = new Map<string, Candidate>();
  for (const total of recent) {
    const { text, is_cut } = by_id.get(keyOf(total)) ?? { text: null, is_cut: false };
    if (text === null || is_cut || bearsMark(text)) continue;
    const { query_hash, statement_class } = reading.tools.template(text);
    if (plannable.has(statement_class) && !candidates.has(query_hash)) candidates.set(query_hash, { text, query_hash });
  }
  return [...candidates.values()];
}

/** Changes when a table, column or index came or went: what was refused may be accepted now. */
async function schemaMark(query: Query): Promise<string> {
  const [row] = await query<{ mark: string }>(
    `SELECT count(*) || '.' || coalesce(max(oid::bigint), 0) || '.' || sum(relnatts) || '.' || count(relacl) AS mark
     FROM pg_class WHERE relpersistence = 'p'`,
  );
  return row?.mark ?? '';
}

function outcomeOf({ refused, known }: Planned, reading: Reading): AspectOutcome {
  if (refused === '') return aspect_ok;
  const failed = Object.values(known).filter((one) => 'failed_on' in one && one.reason !== '').length;
  const user = quoted(reading.source.facts.user_name);
  return {
    state: 'degraded',
    message: `${failed} statements have no plan, for example: ${refused}`,
    fix: `If a grant is missing: GRANT pg_read_all_data TO ${user}, or GRANT SELECT on the tables; else nothing to do`,
  };
}
