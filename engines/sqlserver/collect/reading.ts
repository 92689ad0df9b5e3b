import type { CollectAspectOf, ReadingOf } from '../../shared/reading.js';
import type { SqlServerOptions } from '../options.js';
import type { Source } from '../source.js';

export interface Reading extends ReadingOf<Source> {
  readonly options: SqlServerOptions;
}

export type CollectAspect = CollectAspectOf<Reading>;
