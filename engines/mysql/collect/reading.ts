import type { AspectOutcome, Collected } from '@plumbline/contracts';
import { collected, windowOf, type CollectAspectOf, type ReadingOf } from '../../shared/reading.js';
import type { MysqlOptions } from '../options.js';
import type { Source } from '../source.js';

export interface Reading extends ReadingOf<Source> {
  readonly options: MysqlOptions;
}

export type CollectAspect = CollectAspectOf<Reading>;

/** Nothing could be read: the state stays what it was. */
export const unable = (reading: Reading, previous: unknown, outcome: AspectOutcome): Collected =>
  collected(windowOf(reading, undefined), {}, previous ?? null, 0, outcome);
