import type { CollectAspectOf, ReadingOf } from '../../shared/reading.js';
import type { MysqlOptions } from '../options.js';
import type { Source } from '../source.js';

export interface Reading extends ReadingOf<Source> {
  readonly options: MysqlOptions;
}

export type CollectAspect = CollectAspectOf<Reading>;
