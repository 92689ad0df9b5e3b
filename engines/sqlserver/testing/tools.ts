import { instanceId, type CollectTools, type ConnectionTarget } from '@plumbline/contracts';
import { normalize, redact } from '@plumbline/sql';

/** What the collector lends an engine, with the real normalizer and a clock that tests set. */
export interface TestTools extends CollectTools {
  set(now: Date): void;
}

export function collectTools(start?: Date): TestTools {
  let now = start;
  return {
    clock: { now: () => now ?? new Date() },
    set: (at) => {
      now = at;
    },
    template: (sql, limit) => normalize(sql, 'sqlserver', limit),
    features: (template) =>
      Promise.resolve({
        ...{ statement_class: template.statement_class, tables: [], predicates: [], joins: [], group_by: [] },
        ...{ order_by: [], selects_star: false, has_limit: false, has_offset: false, subqueries: 0 },
        ...{ set_operations: 0, has_aggregate: false, feature_source: 'none' as const },
      }),
    redact: (fragment) => redact(fragment, 'sqlserver'),
    abort: new AbortController().signal,
  };
}

export const target = (over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: '127.0.0.1', port: 1433, database_name: 'master' },
  ...{ user_name: 'monitor', password: '', tls: 'off' },
  ...over,
});
