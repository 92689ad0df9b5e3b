import { SourceError, type AspectName } from '@plumbline/contracts';

/**
 * What a reading threw, as an error that may leave the engine. What the source did not cause is our own fault: its
 * message may quote what was read, so only its name and place are told.
 */
export function ownFault(error: unknown, aspect: AspectName): SourceError {
  if (error instanceof SourceError) return error;
  const name = error instanceof Error ? error.name : 'unknown error';
  const place = error instanceof Error ? (/\n\s+at .*?([\w-]+\.js:\d+)/.exec(error.stack ?? '')?.[1] ?? '') : '';
  return new SourceError('broken', `reading ${aspect} failed in the program itself: ${name} ${place}`, 'Report it');
}
