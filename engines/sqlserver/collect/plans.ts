import { utc, type InstanceEventRow, type PlanRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { degraded } from '../../shared/outcome.js';
import { showplan } from '../plan-tree.js';
import { databasesOf } from './statements-databases.js';
import { outcomeOf, type Gap } from './outcome.js';
import { cachedPlans } from './plans-cache.js';
import { storedPlans } from './plans-store.js';
import type { CollectAspect, Reading } from './reading.js';

/** A plan that ran, and its text where it is not known yet. */
export interface RanPlan {
  readonly database_name: string;
  readonly query_hash: string;
  /** The engine's own hash, 16 hex digits; '' when it gave none. */
  readonly plan_hash: string;
  readonly last_run_at: Date;
  /** undefined: known already. null: the server has it not. */
  readonly xml: string | null | undefined;
}

export interface PlansState {
  readonly shape: 'sqlserver.plans.1';
  readonly at: string;
  /** `[database, query_hash]` as JSON → the plans that ran at the last reading in which it ran. The newest last. */
  readonly ran: readonly (readonly [query: string, plan_hashes: readonly string[]])[];
  /** `query_hash.plan_hash` of the trees told. The newest last. */
  readonly told: readonly string[];
  /** `[database, native hash, text id]` as JSON → query_hash, own or hidden. The newest last. */
  readonly texts: readonly (readonly [key: string, known_text: string])[];
}

/** What the two sources of plans share. */
export interface PlansReading {
  readonly reading: Reading;
  /** Runs before this are of no interest. */
  readonly since: Date;
  readonly texts: Map<string, string>;
  readonly told: ReadonlySet<string>;
  /** Plans wanted per database. */
  readonly most: number;
}

const shape = 'sqlserver.plans.1';
const longest_memory = 5_000;
/** At the first reading the last day's plans are told. */
const first_look_ms = 24 * 3_600_000;
const longest_plan_characters = 8_000_000;

/** The plans that the costliest statements ran with, from Query Store or the plan cache; nothing is compiled or run. */
export const plans: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<PlansState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const since = before === undefined ? new Date(window.end.getTime() - first_look_ms) : window.start;
    const texts = new Map(before?.texts ?? []);
    const told = new Set(before?.told ?? []);
    const shared: PlansReading = { reading, since, texts, told, most: reading.options.plans_per_reading };
    const databases = await databasesOf({ query, reading });
    const stored = await storedPlans(query, shared, databases.stored);
    const cached = await cachedPlans(query, shared, databases.cached);
    const ran = [...stored.plans, ...cached.plans];
    const made = planRows(ran, told, reading, window.end);
    const runs = groupByQuery(ran);
    const state: PlansState = {
      ...{ shape, at: window.end.toISOString() },
      ran: [...withoutKeys(before?.ran ?? [], runs), ...runs].slice(-longest_memory),
      told: [...told].slice(-longest_memory),
      texts: [...texts].slice(-longest_memory),
    };
    const rows = { plans: made.rows, instance_events: planChanges(before, runs, reading, window) };
    const gaps: readonly Gap[] = [...databases.gaps, ...stored.gaps, ...cached.gaps, ...made.gaps];
    return collected(window, rows, state, ran.length, outcomeOf(gaps));
  });

/** A row for every tree not told yet. One that cannot be read is counted, and not asked for again. */
function planRows(ran: readonly RanPlan[], told: Set<string>, reading: Reading, at: Date) {
  const rows: Omit<PlanRow, 'batch_id'>[] = [];
  let unreadable = 0;
  for (const { query_hash, plan_hash, xml } of ran) {
    const key = `${query_hash}.${plan_hash}`;
    if (xml === undefined || xml === null || told.has(key)) continue;
    told.add(key);
    const plan = xml.length > longest_plan_characters ? undefined : showplan(xml, reading.tools.redact, plan_hash);
    if (plan === undefined) {
      unreadable++;
      continue;
    }
    rows.push({
      ...{ instance_id: reading.instance_id, query_hash, observed_at: utc(at) },
      plan_hash: plan_hash === '' ? plan.plan_hash : plan_hash,
      ...{ total_cost: plan.total_cost, origin: 'sampled', tree: JSON.stringify(plan.tree) },
    });
  }
  const gap = degraded(
    `${unreadable} plans could not be read: no showplan XML, or over ${longest_plan_characters} characters`,
    'Nothing to mend at the server; report it with the plan if it is short',
  );
  return { rows, gaps: unreadable === 0 ? [] : [gap] };
}

type Runs = readonly (readonly [query: string, plan_hashes: readonly string[]])[];

/** The plans each query ran with, the last run first. */
function groupByQuery(ran: readonly RanPlan[]): Runs {
  const groups = new Map<string, RanPlan[]>();
  for (const plan of ran) {
    if (plan.plan_hash === '') continue;
    const key = JSON.stringify([plan.database_name, plan.query_hash]);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  return [...groups].map(([key, plans]) => {
    const sorted = plans.sort((a, b) => b.last_run_at.getTime() - a.last_run_at.getTime());
    return [key, [...new Set(sorted.map(({ plan_hash }) => plan_hash))]] as const;
  });
}

function withoutKeys(before: Runs, now: Runs): Runs {
  const keys = new Set(now.map(([key]) => key));
  return before.filter(([key]) => !keys.has(key));
}

/** Changed when none of the plans that ran before runs any more: several side by side are usual here. */
function planChanges(
  before: PlansState | undefined,
  runs: Runs,
  reading: Reading,
  window: { readonly start: Date; readonly end: Date },
): Omit<InstanceEventRow, 'batch_id'>[] {
  const were = new Map(before?.ran ?? []);
  return runs.flatMap(([key, hashes]) => {
    const was = were.get(key) ?? [];
    const [is] = hashes;
    if (was[0] === undefined || is === undefined || hashes.some((hash) => was.includes(hash))) return [];
    const [database_name, query_hash] = JSON.parse(key) as [string, string];
    return [
      {
        ...{ instance_id: reading.instance_id, kind: 'plan_changed' as const, database_name, query_hash },
        ...{ occurred_at: utc(window.end), noticed_after: utc(window.start), object_name: '', subject: is },
        ...{ before: was[0], after: is },
      },
    ];
  });
}
