import type { ColumnUse, Features } from '@plumbline/contracts';

/**
 * `table.column`, lower case, of every column that an index could serve: compared bare in WHERE or ON, joined, grouped or
 * ordered by. Each weighs 1: plain Jaccard was measured best (docs/decisions/0010). An unqualified column of several
 * tables stands under "?": it is like the same column elsewhere, which is what is known of it.
 */
export function indexableColumns(features: Features): ReadonlyMap<string, number> {
  const compared = features.predicates.filter(({ wrapped_in, clause }) => wrapped_in === '' && clause !== 'having');
  const joined = features.joins.flatMap(({ left, right }) => [left, right]);
  return new Map([...compared, ...joined, ...features.group_by, ...features.order_by].map((use) => [nameOf(use), 1]));
}

const nameOf = ({ table, column }: ColumnUse): string => `${table === '' ? '?' : table}.${column}`.toLowerCase();
