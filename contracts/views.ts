import type { CatalogViews } from './catalog-views.js';
import type { FindingViews } from './finding-views.js';
import type { InstanceViews } from './instance-views.js';
import type { JudgeViews } from './judge-views.js';
import type { PatternViews } from './pattern-views.js';
import type { QueryViews } from './query-views.js';

/**
 * The named answers: one entry per file in clickhouse/views, with what it is asked with and the rows it gives. This is
 * the only read surface. Counts and sums are float64 here (exact to 2^53), so they are plain JSON numbers; times are
 * UTC text.
 */
export interface Views extends FindingViews, InstanceViews, JudgeViews, CatalogViews, PatternViews, QueryViews {}

export type ViewName = keyof Views;
export type ViewRow<Name extends ViewName> = Readonly<Views[Name]['row']>;
export type ViewParams<Name extends ViewName> = Views[Name]['params'];
