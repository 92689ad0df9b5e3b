import type { Cursor, Job } from './history.js';

/**
 * What is remembered from reading to reading so that each run is told exactly once, though rows of the history come
 * late, twice, or before their run has ended. A row is there at most `overlap_s` after its run was handed in: so when a
 * sweep begins at server time t, every run handed in before t − overlap is there to be read, and the next sweep begins at
 * t − overlap. A run is told when it is first seen ended and its id is not among `told`, which holds every id
 * that a sweep may meet again.
 */
export interface RunsState {
  readonly shape: 'dremio.runs.1';
  readonly at: string;
  readonly table: string;
  /** Runs handed in before this are none of ours: they were over when we came. */
  readonly since_ms: number;
  /** Where the next sweep begins; it never goes back. */
  readonly from_ms: number;
  /** Where a sweep was left because it had read enough; absent: the next one begins. */
  readonly cursor?: Cursor;
  /** Of runs told: id → time of submission. */
  readonly told: Readonly<Record<string, number>>;
  /** Of runs seen that had not ended. */
  readonly unfinished: Readonly<Record<string, number>>;
  /** Since when the history has shown no statement but ours; '' when it shows others. */
  readonly own_since: string;
  /** query_hash of texts told, newest last. */
  readonly hashes: readonly string[];
}

export const shape = 'dremio.runs.1';

const final_states: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELED', 'CANCELLED']);
export const isFinal = (job: Job): boolean => final_states.has(job.status) && job.final_ms !== undefined;

/** The server's history is in another table now: the ids stay the same, the place in a sweep does not. */
export function movedTo(state: RunsState, table: string): RunsState {
  if (state.table === table) return state;
  const { cursor, ...rest } = state;
  const unread_ms = cursor === undefined ? state.from_ms : Math.min(state.from_ms, cursor.submitted_ms + 1);
  return { ...rest, table, from_ms: unread_ms };
}

export interface Settled {
  /** To be told now, each once, by time of submission. */
  readonly fresh: readonly Job[];
  readonly state: RunsState;
  /** More ids than may be remembered: later sweeps reach less far back than the history may be late. */
  readonly is_cut_short: boolean;
}

/** @param jobs rows of the sweep and of unfinished runs asked for by id, any number per run */
export function settle(state: RunsState, jobs: readonly Job[], most_remembered: number): Settled {
  const told = new Map(Object.entries(state.told));
  const unfinished = new Map(Object.entries(state.unfinished));
  const fresh: Job[] = [];
  for (const job of lastWords(jobs)) {
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
  // A sweep that goes on still meets what lies after its cursor, the next one what lies after its beginning.
  const met_from_ms = Math.min(state.from_ms, state.cursor?.submitted_ms ?? state.from_ms);
  const kept = remembered(told, met_from_ms, most_remembered);
  return {
    fresh: fresh.sort((a, b) => a.submitted_ms - b.submitted_ms),
    state: {
      ...state,
      ...{ told: kept.told, unfinished: Object.fromEntries(unfinished) },
      ...{ since_ms: Math.max(state.since_ms, kept.since_ms), from_ms: Math.max(state.from_ms, kept.since_ms) },
    },
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

/** The ids that a later sweep may meet again. When they are too many, the oldest go, and with them their time. */
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
