import { SourceError, type AspectName } from '@plumbline/contracts';

/**
 * What a reading threw, as an error that may leave the engine. What the source did not cause is our own fault: its
 * message may quote what was read, so only its name and place are told.
 */
export function readingFailure(error: unknown, aspect: AspectName): SourceError {
  if (error instanceof SourceError) return error;
  const name = nameOf(error);
  if (given_up.has(name)) {
    return new SourceError('timeout', `reading ${aspect} was given up`, 'Raise budget_ms of this aspect');
  }
  const place = error instanceof Error ? (/\n\s+at .*?([\w-]+\.js:\d+)/.exec(error.stack ?? '')?.[1] ?? '') : '';
  return new SourceError('broken', `reading ${aspect} failed in the program itself: ${name} ${place}`, 'Report it');
}

/** The reason of an AbortSignal is no Error in every realm. */
const nameOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : 'unknown error';

/** As an AbortSignal names its reason. */
const given_up: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError']);
