import {
  aspect_ok,
  type AspectOutcome,
  type Collected,
  type CollectedRows,
  type CollectTools,
  type InstanceId,
} from '@plumbline/contracts';
import type { History } from '../licence.js';
import type { OracleOptions } from '../options.js';
import type { Source } from '../source.js';

/** What one reading of an aspect is given. */
export interface Reading {
  readonly instance_id: InstanceId;
  readonly source: Source;
  readonly tools: CollectTools;
  readonly options: OracleOptions;
  readonly history: History;
}

/** One aspect: reads, and says what it read. `previous` is the state it gave last time, or anything else. */
export type CollectAspect = (reading: Reading, previous: unknown) => Promise<Collected>;

/** One way of reading an aspect. An aspect has one for AWR and one that needs no licence. */
export type ByHistory = Readonly<Record<History, CollectAspect>>;
export const byHistory =
  (ways: ByHistory): CollectAspect =>
  (reading, previous) =>
    ways[reading.history](reading, previous);

/** State of a foreign shape (another history, an older version, a damaged file) is as good as none. */
export function stateOf<State extends { readonly shape: string; readonly at: string }>(
  previous: unknown,
  shape: State['shape'],
): State | undefined {
  if (typeof previous !== 'object' || previous === null) return undefined;
  const state = previous as Partial<State>;
  if (state.shape !== shape || typeof state.at !== 'string' || Number.isNaN(Date.parse(state.at))) return undefined;
  return previous as State;
}

export interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** Windows touch and never overlap: one begins where the last reading ended. */
export function windowOf(reading: Reading, previous_at: string | undefined): Span {
  const end = reading.tools.clock.now();
  const before = previous_at === undefined ? end : new Date(previous_at);
  return { start: before > end ? end : before, end };
}

export function collected(
  window: Span,
  rows: CollectedRows,
  state: unknown,
  rows_read: number,
  outcome: AspectOutcome = aspect_ok,
): Collected {
  return { rows, state, outcome, rows_read, window_start: window.start, window_end: window.end };
}

export const degraded = (message: string, fix: string): AspectOutcome => ({ state: 'degraded', message, fix });

/** The first that is not ok: a reading says its worst thing first. */
export const worst = (...outcomes: readonly (AspectOutcome | undefined)[]): AspectOutcome =>
  outcomes.find((outcome) => outcome !== undefined && outcome.state !== 'ok') ?? aspect_ok;

export const malformedOutcome = (malformed: number, what: string): AspectOutcome | undefined =>
  malformed === 0
    ? undefined
    : degraded(
        `${malformed} rows of ${what} were left out: a value was not what its column holds`,
        'Compare the view with the documentation of this version, and report it',
      );
