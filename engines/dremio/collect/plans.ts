import { aspect_ok, utc, type AspectOutcome, type InstanceEventRow, type PlanRow } from '@plumbline/contracts';
import type { PlanNode, Template } from '@plumbline/contracts';
import { hashOfPlan } from '@plumbline/sql';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { textOf, timeOf } from '../fields.js';
import type { Result } from '../job.js';
import { planLines } from '../plan-text.js';
import { planTree } from '../plan-tree.js';
import { unpackProfile } from '../profile.js';
import { DremioError } from '../source-error.js';
import { granteeOf } from '../source.js';
import { historyOf, jobOf, queryText, slowestRuns, type History, type Job } from './history.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';
import { isWorkload } from './run-row.js';
import { serverNow } from './server-now.js';
import { isOwn, templateOf } from './texts.js';

interface PlansState {
  readonly shape: 'dremio.plans.1';
  readonly at: string;
  /** By the server's clock: runs that ended later are looked at next. */
  readonly ended_after_ms: number;
  /** query_hash → plan_hash, the newest last. */
  readonly known: Readonly<Record<string, string>>;
}

const shape = 'dremio.plans.1';
const longest_memory = 2_000;
/** Runs looked at for each plan wanted: one statement may hold all the slowest. */
const candidates_per_plan = 10;
const first_span_ms = 3_600_000;

/** Plans of the statements whose runs took longest since the last reading: as they ran, where profiles can be had. */
export const plans: CollectAspect = async (reading, previous) => {
  const before = stateOf<PlansState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const history = await historyOf(reading.source, reading.tools.abort);
  if (history === undefined) return collected(window, {}, previous ?? null, 0, noHistory);
  const ended_after_ms = before?.ended_after_ms ?? (await serverNow(reading)).getTime() - first_span_ms;
  const most = reading.source.options.profiles_per_reading;
  const sql = slowestRuns(history, ended_after_ms, Math.max(1, most * candidates_per_plan));
  const { rows } = await reading.source.query(sql, reading.tools.abort);
  const jobs = rows.flatMap((fields) => jobOf(history, fields) ?? []);
  const found = await plansOf(slowestOfEach(jobs, reading).slice(0, most), reading);
  const known = { ...before?.known };
  const plan_rows: Omit<PlanRow, 'batch_id'>[] = [];
  const events: Omit<InstanceEventRow, 'batch_id'>[] = [];
  for (const { template, tree } of found.plans) {
    const row = planRow(template, tree, reading, window);
    events.push(...planChange(known[row.query_hash], row, reading, window));
    known[row.query_hash] = row.plan_hash;
    plan_rows.push(row);
  }
  const state: PlansState = {
    ...{ shape, at: window.end.toISOString() },
    ended_after_ms: nextEndedAfter(rows, history) ?? ended_after_ms,
    known: Object.fromEntries(Object.entries(known).slice(-longest_memory)),
  };
  return collected(window, { plans: plan_rows, instance_events: events }, state, rows.length, found.outcome);
};

/** As far back as the history may be late. */
function nextEndedAfter(rows: Result['rows'], history: History): number | undefined {
  const server_now = timeOf(rows[0]?.['server_now']);
  return server_now === undefined ? undefined : server_now.getTime() - history.table.overlap_s * 1_000;
}

interface Candidate {
  readonly job: Job;
  readonly template: Template;
}

/** Jobs come slowest first: the first of each statement is its slowest. */
function slowestOfEach(jobs: readonly Job[], reading: Reading): readonly Candidate[] {
  const slowest = new Map<string, Candidate>();
  for (const job of jobs) {
    if (!isWorkload(job) || isOwn(job, reading.source.facts)) continue;
    const template = templateOf(job, reading);
    if (template.statement_class !== 'select' || slowest.has(template.query_hash)) continue;
    slowest.set(template.query_hash, { job, template });
  }
  return [...slowest.values()];
}

interface Found {
  readonly plans: readonly { readonly template: Template; readonly tree: PlanNode }[];
  readonly outcome: AspectOutcome;
}

/** One after the other: a profile may be 100 MB. */
async function plansOf(candidates: readonly Candidate[], reading: Reading): Promise<Found> {
  const found: { template: Template; tree: PlanNode }[] = [];
  let problem = '';
  for (const candidate of candidates) {
    reading.tools.abort.throwIfAborted();
    try {
      const answer = reading.source.facts.edition.has_profiles
        ? await profiledPlan(candidate.job, reading)
        : await explainedPlan(candidate, reading);
      if (typeof answer === 'string') problem = answer;
      else found.push({ template: candidate.template, tree: answer });
    } catch (error) {
      if (!(error instanceof DremioError) || error.failure === 'unreachable' || error.failure === 'wrong_password')
        throw error;
      if (error.reason === 'denied') return { plans: found, outcome: denied(reading) };
      problem = error.message;
    }
  }
  return { plans: found, outcome: problem === '' ? aspect_ok : someMissing(problem) };
}

/** A plan, or why there is none. */
async function profiledPlan(job: Job, reading: Reading): Promise<PlanNode | string> {
  const zip = await reading.source.profile(job.job_id, reading.tools.abort);
  if (zip === undefined) return 'Dremio keeps no profile of it any more';
  const unpacked = unpackProfile(zip);
  if ('problem' in unpacked) return unpacked.problem;
  const { plan, runs } = unpacked.profile;
  return planTree(planLines(plan), runs, reading.tools.redact) ?? 'the profile has no physical plan';
}

/** Cloud shows no profiles: the run's own text is planned anew there, and nothing is executed. */
async function explainedPlan({ job, template }: Candidate, reading: Reading): Promise<PlanNode | string> {
  if (template.is_truncated) return 'its text is cut';
  const { rows } = await reading.source.query(`EXPLAIN PLAN FOR ${queryText(job.fields)}`, reading.tools.abort);
  const text = textOf(rows[0]?.['text']);
  return planTree(planLines(text), new Map(), reading.tools.redact) ?? 'EXPLAIN gave no physical plan';
}

function planRow(
  { query_hash }: Template,
  tree: PlanNode,
  reading: Reading,
  window: ReadingWindow,
): Omit<PlanRow, 'batch_id'> {
  const { has_profiles } = reading.source.facts.edition;
  return {
    ...{ instance_id: reading.instance_id, query_hash, plan_hash: hashOfPlan(tree), observed_at: utc(window.end) },
    ...{ total_cost: tree.total_cost ?? 0, origin: has_profiles ? 'sampled' : 'generic', tree: JSON.stringify(tree) },
  };
}

function planChange(
  was: string | undefined,
  row: Omit<PlanRow, 'batch_id'>,
  reading: Reading,
  window: ReadingWindow,
): Omit<InstanceEventRow, 'batch_id'>[] {
  if (was === undefined || was === row.plan_hash) return [];
  return [
    {
      ...{ instance_id: reading.instance_id, kind: 'plan_changed', query_hash: row.query_hash, object_name: '' },
      ...{ database_name: reading.source.facts.database_name, subject: row.plan_hash },
      ...{ occurred_at: utc(window.end), noticed_after: utc(window.start), before: was, after: row.plan_hash },
    },
  ];
}

const noHistory: AspectOutcome = {
  state: 'unsupported',
  message: 'without a history of jobs there is nothing to ask plans of',
  fix: 'See the runs aspect',
};

const denied = (reading: Reading): AspectOutcome => ({
  state: 'denied',
  message: 'profiles of other users are not shown',
  fix: `GRANT VIEW JOB HISTORY ON SYSTEM TO USER ${granteeOf(reading.source.facts)} (Enterprise), or make it an administrator`,
});

const someMissing = (problem: string): AspectOutcome => ({
  state: 'degraded',
  message: `some statements have no plan, for example: ${problem}`,
  fix: 'Nothing to do if others have one; options.profiles_per_reading: 0 switches plans off',
});
