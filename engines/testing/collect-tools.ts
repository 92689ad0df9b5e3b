import type { CollectTools, Dialect } from '@plumbline/contracts';
import { normalize, redact } from '@plumbline/sql';

/** For tests: what the collector lends an engine, with the real normalizer and no feature extractor. */
export const toolsAt = (dialect: Dialect, now: () => Date): CollectTools => ({
  clock: { now },
  template: (sql, limit) => normalize(sql, dialect, limit),
  features: (template) =>
    Promise.resolve({
      ...{ statement_class: template.statement_class, tables: [], predicates: [], joins: [], group_by: [] },
      ...{ order_by: [], selects_star: false, has_limit: false, has_offset: false, subqueries: 0 },
      ...{ set_operations: 0, has_aggregate: false, feature_source: 'none' as const },
    }),
  redact: (fragment) => redact(fragment, dialect),
  abort: new AbortController().signal,
});

export interface AdvancingTools extends CollectTools {
  advance(ms: number): void;
}

/** By a clock, the machine's own unless told, and ahead of it by as much as it was advanced. */
export function advancingTools(dialect: Dialect, now_ms = (): number => Date.now()): AdvancingTools {
  let ahead_ms = 0;
  return {
    ...toolsAt(dialect, () => new Date(now_ms() + ahead_ms)),
    advance: (ms) => {
      ahead_ms += ms;
    },
  };
}
