import type { CollectAspectOf, ReadingOf } from '../../shared/reading.js';
import type { History } from '../licence.js';
import type { OracleOptions } from '../options.js';
import type { Source } from '../source.js';

export interface Reading extends ReadingOf<Source> {
  readonly options: OracleOptions;
  readonly history: History;
}

export type CollectAspect = CollectAspectOf<Reading>;

/** One way of reading an aspect. An aspect has one for AWR and one that needs no licence. */
export type ByHistory = Readonly<Record<History, CollectAspect>>;
export const byHistory =
  (ways: ByHistory): CollectAspect =>
  (reading, previous) =>
    ways[reading.history](reading, previous);
