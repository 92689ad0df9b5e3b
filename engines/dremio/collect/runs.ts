import { aspect_ok, type AspectOutcome, type Collected } from '@plumbline/contracts';
import { serverNow } from './server-now.js';
import { granteeOf } from '../source.js';
import { historyOf, type History, type Job } from './history.js';
import {
  collected,
  isResting,
  stateOf,
  windowOf,
  type CollectAspect,
  type Reading,
  type ReadingWindow,
} from './reading.js';
import { isWorkload, runRow } from './run-row.js';
import { isOwn, newTexts, templateOf } from './run-texts.js';
import { askedFor, sweepOf, type Sweep } from './sweep.js';
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
  const { most_remembered_runs } = reading.source.options;
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
  const settled = settle(swept, [...sweep.jobs, ...asked], most_remembered_runs);
  const { state, given_up } = withoutVanished(settled.state, waiting, asked, window.end);
  const told = settled.fresh.filter((job) => isWorkload(job) && !isOwn(job));
  const templates = told.map((job) => templateOf(job, reading));
  const texts = await newTexts(templates, before.hashes, reading);
  reading.tools.abort.throwIfAborted();
  const place = { instance_id: reading.instance_id, database_name: reading.source.facts.database_name };
  const query_runs = told.map((job, n) => runRow(job, { ...place, query_hash: templates[n]?.query_hash ?? '' }));
  const next: RunsState = { ...state, at: window.end.toISOString(), hashes: texts.hashes };
  const outcome = outcomeOf(reading, history, { sweep, given_up, is_cut_short: settled.is_cut_short });
  return collected(window, { query_runs, queries: texts.queries }, next, sweep.rows + asked.length, outcome);
}

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
    ...{ told: {}, unfinished: {}, hashes: [] },
  };
}

const noHistory = (reading: Reading): AspectOutcome => {
  const { edition } = reading.source.facts;
  return edition.id === 'cloud'
    ? {
        state: 'denied',
        message: 'neither sys.project.jobs_recent nor sys.project.history.jobs is shown to this token',
        fix: `GRANT VIEW JOB HISTORY ON PROJECT TO USER ${granteeOf(reading.source.facts)}`,
      }
    : {
        state: 'unsupported',
        message: 'this Dremio has no sys.jobs_recent',
        fix: 'Upgrade to Dremio 24 or later',
      };
};

interface Seen {
  readonly sweep: Sweep;
  readonly given_up: number;
  readonly is_cut_short: boolean;
}

/** The gravest gap of this reading. */
function outcomeOf(reading: Reading, history: History, seen: Seen): AspectOutcome {
  const { rows_per_reading, most_remembered_runs } = reading.source.options;
  if (seen.sweep.cursor !== undefined) {
    return {
      state: 'degraded',
      message: `catching up: the history is read up to ${new Date(seen.sweep.cursor.submitted_ms).toISOString()}, ${rows_per_reading} rows at a time`,
      fix: 'Nothing to do if it passes; else lower interval_s of the runs aspect of this instance',
    };
  }
  if (seen.is_cut_short) {
    return {
      state: 'degraded',
      message: `more than ${most_remembered_runs} runs in ${history.table.overlap_s} s: rows that the history shows late are missed`,
      fix: 'Nothing is lost while the history is written at once; watch a part of the load by another instance if it is not',
    };
  }
  if (seen.given_up > 0) {
    return {
      state: 'degraded',
      message: `${seen.given_up} runs were forgotten by Dremio before they had ended`,
      fix: 'Raise the support key jobs.max.age_in_days if runs last longer than it',
    };
  }
  if (seen.sweep.damaged > 0) {
    return {
      state: 'degraded',
      message: `${seen.sweep.damaged} rows of the history have no id or no time of submission`,
      fix: 'Report it together with the version of the server',
    };
  }
  return aspect_ok;
}
