import {
  aspect_ok,
  type AspectOutcome,
  type Collected,
  type CollectedRows,
  type CollectTools,
  type InstanceId,
} from '@plumbline/contracts';

/** What one reading of an aspect is given, in every engine. */
export interface ReadingOf<Source> {
  readonly instance_id: InstanceId;
  readonly source: Source;
  readonly tools: CollectTools;
}

/** One aspect: reads, and says what it read. `previous` is the state it gave last time, or anything else. */
export type CollectAspectOf<Reading> = (reading: Reading, previous: unknown) => Promise<Collected>;

/** State of a foreign shape (an older version, a damaged file) is as good as none: the reading sets a new baseline. */
export function stateOf<State extends { readonly shape: string; readonly at: string }>(
  previous: unknown,
  shape: State['shape'],
): State | undefined {
  if (typeof previous !== 'object' || previous === null) return undefined;
  const state = previous as Partial<State>;
  if (state.shape !== shape || typeof state.at !== 'string' || Number.isNaN(Date.parse(state.at))) return undefined;
  return previous as State;
}

export interface ReadingWindow {
  readonly start: Date;
  readonly end: Date;
}

/** Windows touch and never overlap: one begins where the last reading ended. */
export function windowOf(
  reading: { readonly tools: Pick<CollectTools, 'clock'> },
  previous_at: string | undefined,
): ReadingWindow {
  const end = reading.tools.clock.now();
  const before = previous_at === undefined ? end : new Date(previous_at);
  return { start: before > end ? end : before, end };
}

export function collected(
  window: ReadingWindow,
  rows: CollectedRows,
  state: unknown,
  rows_read: number,
  outcome: AspectOutcome = aspect_ok,
): Collected {
  return { rows, state, outcome, rows_read, window_start: window.start, window_end: window.end };
}

/** Nothing could be read: the state stays what it was. */
export function nothingRead(
  reading: { readonly tools: Pick<CollectTools, 'clock'> },
  previous: unknown,
  outcome: AspectOutcome,
): Collected {
  return collected(windowOf(reading, undefined), {}, previous ?? null, 0, outcome);
}
