import type { Cursor, Job } from './history.js';

/**
 * What is remembered from reading to reading so that each run is told exactly once. Rows of the history may come late,
 * twice, or before their run has ended, so each sweep begins `overlap` before the newest submission seen, and a run is
 * told when it is first seen ended and its id is not among `told`, which holds every id of the overlap.
 */
export interface RunsState {
  readonly shape: 'dremio.runs.1';
  readonly at: string;
  readonly table: string;
  /** `told` holds every id that was handed in so long before `upto_ms`. */
  readonly overlap_s: number;
  /** Runs handed in before this are none of ours: they were over when we came. */
  readonly since_ms: number;
  /** The newest submission seen. */
  readonly upto_ms: number;
  /** Where a sweep was left because it had read enough; absent: the next one begins anew. */
  readonly cursor?: Cursor;
  /** Of runs told: id → time of submission. */
  readonly told: Readonly<Record<string, number>>;
  /** Of runs seen that had not ended. */
  readonly unfinished: Readonly<Record<string, number>>;
  /** query_hash of texts told, newest last. */
  readonly hashes: readonly string[];
}

export const shape = 'dremio.runs.1';

const final_states: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELED', 'CANCELLED']);
export const isFinal = (job: Job): boolean => final_states.has(job.status) && job.final_ms !== undefined;

/** Where the next sweep begins. */
export const sweepFrom = (state: Pick<RunsState, 'since_ms' | 'upto_ms' | 'overlap_s'>): number =>
  Math.max(state.since_ms, state.upto_ms - state.overlap_s * 1_000);

/** Of another table or with a longer overlap a sweep would meet runs whose ids are forgotten: it begins where they are not. */
export function movedTo(state: RunsState, table: string, overlap_s: number): RunsState {
  if (state.table === table && state.overlap_s === overlap_s) return state;
  const { cursor: _left, ...rest } = state;
  return { ...rest, table, overlap_s, since_ms: sweepFrom(state) };
}

export interface Settled {
  /** To be told now, each once, by time of submission. */
  readonly fresh: readonly Job[];
  readonly state: RunsState;
}

/**
 * @param swept rows of the sweep, any number per run
 * @param asked rows of unfinished runs that were asked for by their ids
 */
export function settle(
  state: RunsState,
  swept: readonly Job[],
  asked: readonly Job[],
  most_remembered: number,
): Settled & { readonly is_cut_short: boolean } {
  const upto_ms = swept.reduce((newest, job) => Math.max(newest, job.submitted_ms), state.upto_ms);
  const told = new Map(Object.entries(state.told));
  const unfinished = new Map(Object.entries(state.unfinished));
  const fresh: Job[] = [];
  for (const job of lastWords([...swept, ...asked])) {
    const is_ours = job.submitted_ms >= state.since_ms || unfinished.has(job.job_id);
    if (!is_ours || told.has(job.job_id)) continue;
    if (!isFinal(job)) {
      unfinished.set(job.job_id, job.submitted_ms);
      continue;
    }
    unfinished.delete(job.job_id);
    told.set(job.job_id, job.submitted_ms);
    fresh.push(job);
  }
  const kept = remembered(told, sweepFrom({ ...state, upto_ms }), most_remembered);
  const since_ms = Math.max(state.since_ms, kept.since_ms);
  return {
    fresh: fresh.sort((a, b) => a.submitted_ms - b.submitted_ms),
    state: { ...state, since_ms, upto_ms, told: kept.told, unfinished: Object.fromEntries(unfinished) },
    is_cut_short: kept.since_ms > 0,
  };
}

/** One row per run: an ended one before one that is not, then the one that ended last. */
function lastWords(jobs: readonly Job[]): Iterable<Job> {
  const last = new Map<string, Job>();
  for (const job of jobs) {
    const known = last.get(job.job_id);
    if (known === undefined || rank(job) > rank(known)) last.set(job.job_id, job);
  }
  return last.values();
}

const rank = (job: Job): number => (isFinal(job) ? (job.final_ms ?? 0) : -1);

/** The ids that a later sweep may meet again. When they are too many, sweeps reach less far back, and `since_ms` says so. */
function remembered(
  told: ReadonlyMap<string, number>,
  from_ms: number,
  most: number,
): { readonly told: Readonly<Record<string, number>>; readonly since_ms: number } {
  const within = [...told].filter(([, submitted_ms]) => submitted_ms >= from_ms);
  if (within.length <= most) return { told: Object.fromEntries(within), since_ms: 0 };
  const newest = within.sort(([, a], [, b]) => b - a).slice(0, most);
  const since_ms = (newest.at(-1)?.[1] ?? 0) + 1;
  return { told: Object.fromEntries(newest.filter(([, submitted_ms]) => submitted_ms >= since_ms)), since_ms };
}
