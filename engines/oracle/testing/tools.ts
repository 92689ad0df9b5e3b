import type { CollectTools } from '@plumbline/contracts';
import { normalize, redact } from '@plumbline/sql';

export interface ToolsForTests extends CollectTools {
  advance(ms: number): void;
}

/** For tests: what the collector lends an engine, with the real normalizer and a clock that moves when told. */
export function oracleTools(): ToolsForTests {
  let now_ms = Date.parse('2026-11-01T12:00:00Z');
  return {
    clock: { now: () => new Date(now_ms) },
    advance: (ms) => {
      now_ms += ms;
    },
    template: (sql, limit) => normalize(sql, 'oracle', limit),
    features: (template) =>
      Promise.resolve({
        ...{ statement_class: template.statement_class, tables: [], predicates: [], joins: [], group_by: [] },
        ...{ order_by: [], selects_star: false, has_limit: false, has_offset: false, subqueries: 0 },
        ...{ set_operations: 0, has_aggregate: false, feature_source: 'none' as const },
      }),
    redact: (fragment) => redact(fragment, 'oracle'),
    abort: new AbortController().signal,
  };
}
