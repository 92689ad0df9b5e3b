import type { JudgedQuery, TableSnapshotRow } from '@plumbline/contracts';
import type { Catalog } from './catalog.js';

/** A statement that asks one table for the rows of one key. */
export interface KeyLookup {
  readonly query: JudgedQuery;
  readonly table: TableSnapshotRow;
  readonly column: string;
}

/** Undefined unless the statement is `select … from one table where column = ?`, as a parser has read it. */
export function keyLookupOf(query: JudgedQuery, catalog: Catalog): KeyLookup | undefined {
  const { features } = query;
  const [table_use, ...other_tables] = features.tables;
  const [predicate, ...other_predicates] = features.predicates;
  if (!['ast', 'ast_raw'].includes(features.feature_source) || features.statement_class !== 'select') return undefined;
  if (!table_use || other_tables.length > 0 || features.subqueries > 0 || features.set_operations > 0) return undefined;
  if (!predicate || other_predicates.length > 0) return undefined;
  if (predicate.operator !== 'eq' || predicate.wrapped_in !== '' || predicate.clause !== 'where') return undefined;
  const table = catalog.table(query.database_name, table_use.schema, table_use.table);
  return table && { query, table, column: catalog.column(query, predicate)?.column ?? predicate.column };
}

/**
 * True when rows of `from` name the lookup's key: `orders.customer_id` names `customers.id`, and `orders.id` is named by
 * `items.order_id`. A key of the same name on both sides, other than plain `id`, is one too.
 */
export function namesKey(from: TableSnapshotRow, { table, column }: KeyLookup, catalog: Catalog): boolean {
  const columns = catalog.columns(from).map(({ column_name }) => column_name.toLowerCase());
  const key = column.toLowerCase();
  const child_names = singulars(table.table_name).map((name) => `${name}_${key}`);
  const parent_names = singulars(from.table_name).map((name) => `${name}_id`);
  if (columns.some((name) => child_names.includes(name))) return true;
  if (key !== 'id' && columns.includes(key)) return true;
  return parent_names.includes(key) && columns.includes('id');
}

/** `orders` → order, `addresses` → address, `categories` → category; a name that is singular already stays. */
function singulars(table_name: string): readonly string[] {
  const name = table_name.toLowerCase();
  return [name, name.replace(/s$/, ''), name.replace(/es$/, ''), name.replace(/ies$/, 'y')];
}
