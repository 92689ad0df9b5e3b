import type { CollectAspectOf, ReadingOf } from '../../shared/reading.js';
import type { PostgresqlOptions } from '../options.js';
import type { Source } from '../source.js';

export interface Reading extends ReadingOf<Source> {
  readonly options: PostgresqlOptions;
}

export type CollectAspect = CollectAspectOf<Reading>;
