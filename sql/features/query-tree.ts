import type { JoinUse, PredicateUse, StatementClass } from '@plumbline/contracts';

/** What both parsers' trees are translated to, so that features are told from one kind of tree, by one set of rules. */
export type Expression =
  | { readonly kind: 'column'; readonly qualifier: string; readonly column: string }
  /** A literal or parameter; `prefix` when it is a LIKE pattern that begins with plain text. */
  | { readonly kind: 'constant'; readonly pattern: 'prefix' | '' }
  | {
      readonly kind: 'compare';
      readonly operator: PredicateUse['operator'];
      readonly left: Expression;
      readonly right: readonly Expression[];
    }
  | { readonly kind: 'logic'; readonly negates: boolean; readonly args: readonly Expression[] }
  /** A function, cast or arithmetic operator around its arguments. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly aggregates: boolean }
  | { readonly kind: 'row'; readonly args: readonly Expression[] }
  | { readonly kind: 'query'; readonly query: Query; readonly is_exists: boolean }
  | { readonly kind: 'star' };

export interface Table {
  readonly kind: 'table';
  readonly schema: string;
  readonly table: string;
  readonly alias: string;
}

export type Relation =
  | Table
  | { readonly kind: 'derived'; readonly alias: string; readonly query: Query }
  /** A function, a row list, anything that is no table of the database. */
  | { readonly kind: 'rows'; readonly alias: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'join';
      readonly join: JoinUse['kind'];
      readonly left: Relation | null;
      readonly right: Relation;
      readonly on: Expression | null;
      readonly using: readonly string[];
    };

export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string;
}

export interface SortItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly statement_class: StatementClass;
  readonly with: readonly { readonly name: string; readonly query: Query }[];
  /** The table that is written. Its alias may name a member of `from` (SQL Server, MySQL). */
  readonly targets: readonly Table[];
  readonly from: readonly Relation[];
  readonly select: readonly SelectItem[];
  readonly where: Expression | null;
  readonly having: Expression | null;
  readonly group_by: readonly Expression[];
  readonly order_by: readonly SortItem[];
  /** The arms of UNION, INTERSECT, EXCEPT; then the other lists are empty but `order_by`. */
  readonly arms: readonly Query[];
  /** Anything else in which queries may hide: SET values, VALUES rows, window clauses. */
  readonly others: readonly Expression[];
  readonly has_limit: boolean;
  readonly has_offset: boolean;
}

export const empty_query: Query = {
  statement_class: 'select',
  with: [],
  targets: [],
  from: [],
  select: [],
  where: null,
  having: null,
  group_by: [],
  order_by: [],
  arms: [],
  others: [],
  has_limit: false,
  has_offset: false,
};

export const constant: Expression = { kind: 'constant', pattern: '' };
export const call = (name: string, args: readonly Expression[], aggregates = false): Expression => ({
  kind: 'call',
  name,
  args,
  aggregates,
});

export const aggregate_names: ReadonlySet<string> = new Set(
  `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every
   bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp percentile_cont
   percentile_disc mode xmlagg group_concat list_agg listagg median count_big approx_count_distinct regr_count ndv
   any_value range_agg`.split(/\s+/),
);

/** The operator under NOT. Only = and <> turn into one another; the rest is nothing an index could serve. */
export function negated(operator: PredicateUse['operator']): PredicateUse['operator'] {
  if (operator === 'eq' || operator === 'in') return 'not_eq';
  return operator === 'not_eq' ? 'eq' : 'other';
}
