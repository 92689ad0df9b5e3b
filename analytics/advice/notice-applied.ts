import { fromUtc, utc, type Recommendation, type RecommendationEventRow, type Utc } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { appliedByHand } from './applied-by-hand.js';
import type { PresentFacts } from './present-facts.js';
import { knownReflections } from './known-reflections.js';
import { appendEvents, type LedgerRow } from './ledger.js';

/** Appends `applied` for each recommendation of the instance that somebody carried out by hand; gives how many. */
export async function noticeApplied(context: JobContext, instance_id: string, as_of: Date): Promise<number> {
  const ledger = await context.ask('recommendations_latest', { instance_id, state: '' });
  const open = ledger.filter((row) => isAwaited(row, as_of) && row.payload !== '');
  if (open.length === 0) return 0;
  const facts = await presentFacts(context, instance_id, open, as_of);
  const events: RecommendationEventRow[] = [];
  for (const row of open) {
    const event = await appliedEvent(context, row, facts);
    if (event) events.push(event);
  }
  return appendEvents(context, events);
}

const withdrawn_awaited_s = 86_400;

/**
 * Advice withdrawn lately is awaited too: the planner, asked live, knows a new index before the catalog was read, so the
 * finding may be gone before what mended it is seen.
 */
function isAwaited({ state, updated_at }: LedgerRow, as_of: Date): boolean {
  if (state === 'withdrawn') return as_of.getTime() - fromUtc(updated_at).getTime() < withdrawn_awaited_s * 1000;
  return state === 'proposed' || state === 'accepted' || state === 'started';
}

/** An index may have been made just before its advice was written: the proposal rests on an older snapshot. */
const before_proposal_s = 86_400;

async function presentFacts(
  context: JobContext,
  instance_id: string,
  open: readonly LedgerRow[],
  as_of: Date,
): Promise<PresentFacts> {
  const earliest = Math.min(...open.map((row) => fromUtc(row.proposed_at).getTime()));
  const [since, until] = [utc(new Date(earliest - before_proposal_s * 1000)), utc(as_of)];
  const events = await context.ask('judge_events', { instance_id, since, as_of: until, until });
  const indexes = await context.ask('indexes_latest', { instance_id });
  const tables = await context.ask('tables_latest', { instance_id });
  const settings = await context.ask('settings_latest', { instance_id });
  const reflections = await knownReflections(context, instance_id, as_of);
  const table_files = await context.ask('table_files_latest', { instance_id });
  const known = (observed_at: Utc) => observed_at <= until;
  return {
    events,
    indexes: indexes.filter((index) => known(index.observed_at)),
    tables: tables.filter((table) => known(table.observed_at)),
    setting_units: new Map(settings.map(({ name, unit }) => [name, unit])),
    reflections: reflections?.rows ?? [],
    reflections_listed_at: reflections?.listed_at,
    table_files: table_files.filter((files) => known(files.observed_at)),
  };
}

async function appliedEvent(
  context: JobContext,
  row: LedgerRow,
  facts: PresentFacts,
): Promise<RecommendationEventRow | undefined> {
  const { recommendation_id, instance_id } = row;
  const { action } = JSON.parse(row.payload) as Recommendation;
  if (!appliedByHand(action, row.proposed_at, facts)) return undefined;
  // Proposed again after it was withdrawn or undone: only what happened since the newest proposal answers it.
  const history = await context.ask('recommendation_history', { recommendation_id });
  const proposals = history.filter((event) => event.kind === 'proposed').map((event) => event.occurred_at);
  const newest = proposals.reduce((latest, at) => (at > latest ? at : latest), row.proposed_at);
  const applied = appliedByHand(action, newest, facts);
  return applied && { recommendation_id, instance_id, kind: 'applied', actor: 'noticed', payload: '', ...applied };
}
