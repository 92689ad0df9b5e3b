import type { Collected } from '@plumbline/contracts';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { serverNow } from './server-now.js';
import { historyOf, type History, type Job } from './history.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';
import { isWorkload, runRow } from './run-row.js';
import { isOwn, newTexts, templateOf } from './texts.js';
import { noHistory, outcomeOf } from './runs-outcome.js';
import { askedFor, sweepOf } from './sweep.js';
import { movedTo, settle, shape, type RunsState } from './runs-state.js';

/** A run that has not ended and is not in the history any more is given up after this. */
const unseen_for_ms = 24 * 3_600_000;

/** Every run that ended since the last reading, each once. */
export const runs: CollectAspect = async (reading, previous) => {
  const before = stateOf<RunsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  const is_behind = before?.cursor !== undefined;
  if (!is_behind && isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const { abort } = reading.tools;
  const history = await historyOf(reading.source, abort);
  if (history === undefined) return collected(window, {}, previous ?? null, 0, noHistory(reading));
  if (before === undefined) {
    const backfill_h = previous === undefined ? reading.source.options.backfill_h : 0;
    return collected(window, {}, await firstState(reading, history, window, backfill_h), 0);
  }
  const rested_s = (window.end.getTime() - window.start.getTime()) / 1_000;
  if (!is_behind && rested_s < history.table.rest_s) return collected(window, {}, before, 0);
  return read(reading, history, movedTo(before, history.table.name), window);
};

async function read(reading: Reading, history: History, before: RunsState, window: ReadingWindow): Promise<Collected> {
  const { facts, options } = reading.source;
  const sweep = await sweepOf(reading, history, before);
  const seen = new Set(sweep.jobs.map(({ job_id }) => job_id));
  const waiting = Object.keys(before.unfinished).filter((id) => !seen.has(id));
  const asked = await askedFor(reading, history, waiting);
  const { cursor: _left, ...rest } = before;
  const swept: RunsState = {
    ...rest,
    from_ms: sweep.next_from_ms,
    ...(sweep.cursor === undefined ? {} : { cursor: sweep.cursor }),
  };
  const settled = settle(swept, [...sweep.jobs, ...asked], options.most_remembered_runs);
  const { state, given_up } = withoutVanished(settled.state, waiting, asked, window.end);
  const told = settled.fresh.filter((job) => isWorkload(job) && !isOwn(job, facts));
  const templates = told.map((job) => templateOf(job, reading));
  const texts = await newTexts(templates, before.hashes, reading);
  reading.tools.abort.throwIfAborted();
  const place = { instance_id: reading.instance_id, database_name: facts.database_name };
  const query_runs = told.map((job, n) => runRow(job, { ...place, query_hash: templates[n]?.query_hash ?? '' }));
  const next: RunsState = {
    ...state,
    ...{ at: window.end.toISOString(), hashes: texts.hashes },
    own_since: sweep.jobs.every((job) => isOwn(job, facts)) ? before.own_since || before.at : '',
  };
  const seen_gaps = { sweep, given_up, is_cut_short: settled.is_cut_short, own_ms: ownMs(next) };
  const outcome = outcomeOf(reading, history, seen_gaps);
  return collected(window, { query_runs, queries: texts.queries }, next, sweep.rows + asked.length, outcome);
}

const ownMs = ({ at, own_since }: RunsState): number => (own_since === '' ? 0 : Date.parse(at) - Date.parse(own_since));

/** Dremio forgets runs after 30 days, and sooner when its store was cleaned: what it does not know cannot end. */
function withoutVanished(
  state: RunsState,
  waiting: readonly string[],
  asked: readonly Job[],
  now: Date,
): { readonly state: RunsState; readonly given_up: number } {
  const known = new Set(asked.map(({ job_id }) => job_id));
  const is_gone = (id: string): boolean =>
    waiting.includes(id) && !known.has(id) && now.getTime() - (state.unfinished[id] ?? 0) > unseen_for_ms;
  const kept = Object.entries(state.unfinished).filter(([id]) => !is_gone(id));
  const given_up = Object.keys(state.unfinished).length - kept.length;
  return { state: { ...state, unfinished: Object.fromEntries(kept) }, given_up };
}

async function firstState(
  reading: Reading,
  history: History,
  window: ReadingWindow,
  backfill_h: number,
): Promise<RunsState> {
  const since_ms = (await serverNow(reading)).getTime() - backfill_h * 3_600_000;
  return {
    ...{ shape, at: window.end.toISOString(), table: history.table.name, since_ms, from_ms: since_ms },
    ...{ told: {}, unfinished: {}, own_since: '', hashes: [] },
  };
}
