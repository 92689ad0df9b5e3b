/** What a template does, for detectors and the advisor. Names are as written; the catalog resolves them later. */
export type StatementClass = 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'ddl' | 'utility' | 'unknown';

/**
 * Which rung gave the features (sql-parsing ladder): only `ast` and `ast_raw` may drive index and rewrite advice.
 * repaired: a lower bound from a truncated text. tokens: tables and columns by token rules. none: class only.
 */
export type FeatureSource = 'ast' | 'ast_raw' | 'repaired' | 'tokens' | 'none';

export interface TableUse {
  readonly schema: string;
  readonly table: string;
  readonly alias: string;
  readonly access: 'read' | 'write';
}

export interface ColumnUse {
  /** The table's name (not its alias); '' when the column is unqualified and more than one table is read. */
  readonly table: string;
  readonly column: string;
}

export interface PredicateUse extends ColumnUse {
  readonly operator: 'eq' | 'in' | 'range' | 'like' | 'like_prefix' | 'is_null' | 'not_eq' | 'other';
  /** The function or cast around the column, '' if the column stands bare. A non-empty one is not sargable. */
  readonly wrapped_in: string;
  readonly clause: 'where' | 'on' | 'having';
}

export interface JoinUse {
  readonly left: ColumnUse;
  readonly right: ColumnUse;
  readonly kind: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi';
}

export interface Features {
  readonly statement_class: StatementClass;
  readonly tables: readonly TableUse[];
  readonly predicates: readonly PredicateUse[];
  readonly joins: readonly JoinUse[];
  readonly group_by: readonly ColumnUse[];
  readonly order_by: readonly (ColumnUse & { readonly descending: boolean })[];
  readonly selects_star: boolean;
  readonly has_limit: boolean;
  readonly has_offset: boolean;
  readonly subqueries: number;
  readonly set_operations: number;
  readonly has_aggregate: boolean;
  readonly feature_source: FeatureSource;
}
