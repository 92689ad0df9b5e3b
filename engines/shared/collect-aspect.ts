import { SourceError, type AspectName, type AspectOutcome, type Collected, type TimeLimit } from '@plumbline/contracts';
import { readingFailure } from './reading-failure.js';
import type { Metered } from './reading-meter.js';
import { nothingRead, type CollectAspectOf, type ReadingOf } from './reading.js';

/** What an engine can read, and what it makes of a failure. */
export interface CollectingOf<Source, Reading extends ReadingOf<Source>> {
  readonly engine_label: string;
  readonly collectors: Readonly<Partial<Record<AspectName, CollectAspectOf<Reading>>>>;
  /** The source as one reading sees it; absent: what a reading costs is the time it took. */
  readonly metered?: (source: Source, limit: TimeLimit | undefined) => Source & Metered;
  /** What to say of a failure that is an answer, a missing grant or a lock in the way; undefined for all others. */
  answerOf(failure: SourceError, aspect: AspectName, reading: Reading): AspectOutcome | undefined;
}

/** Reads one aspect. With an answer instead, nothing was read and the state stays what it was. Throws SourceError. */
export async function collectAspect<Source, Reading extends ReadingOf<Source>>(
  { engine_label, collectors, metered, answerOf }: CollectingOf<Source, Reading>,
  aspect: AspectName,
  previous: unknown,
  reading: Reading,
): Promise<Collected> {
  const collect = collectors[aspect];
  if (collect === undefined) {
    throw new SourceError('broken', `${engine_label} has no ${aspect}`, 'Ask for a listed aspect');
  }
  const source = metered?.(reading.source, reading.tools.limit);
  const cost = () => (source === undefined ? {} : { elapsed_ms: source.busy_ms });
  try {
    reading.tools.abort.throwIfAborted();
    return { ...(await collect(source === undefined ? reading : { ...reading, source }, previous)), ...cost() };
  } catch (error) {
    const failure = readingFailure(error, aspect);
    const outcome = answerOf(failure, aspect, reading);
    if (outcome === undefined) throw failure;
    return { ...nothingRead(reading, previous, outcome), ...cost() };
  }
}
