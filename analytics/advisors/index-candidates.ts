import type { Action, ColumnSnapshotRow, DroppedIndex, IndexSnapshotRow, JudgedQuery } from '@plumbline/contracts';
import type { TableSnapshotRow } from '@plumbline/contracts';
import { qualifiedName, tableKey, type Catalog } from './catalog.js';
import { isSameMethod } from './index-method.js';
import { parseIndexDefinition } from './index-definition.js';

export type CreateIndex = Extract<Action, { kind: 'create_index' }>;

export interface IndexCandidate {
  readonly index: CreateIndex;
  readonly table: TableSnapshotRow;
  /** How many of the leading columns are compared for equality: their order among themselves does not matter. */
  readonly equalities: number;
  readonly dropped: DroppedIndex | undefined;
}

/** How one query uses one table's columns, in the roles that an index can serve. */
export interface ColumnRoles {
  readonly table: TableSnapshotRow;
  readonly equal: readonly string[];
  readonly joined: readonly string[];
  readonly ranged: readonly string[];
  readonly grouped: readonly string[];
  readonly ordered: readonly string[];
}

/** No B-tree order exists for these, or not one that a predicate could use. */
const unordered_type = /^(json|xml|point|line|lseg|box|path|polygon|circle|tsvector|tsquery|bytea|blob|clob)|\[\]$/i;
/** A B-tree entry must fit a third of a page; wide texts neither fit nor pay. */
const max_key_width_bytes = 200;

export function columnRoles(query: JudgedQuery, catalog: Catalog): readonly ColumnRoles[] {
  const roles = new Map<string, { table: TableSnapshotRow } & Record<Exclude<keyof ColumnRoles, 'table'>, string[]>>();
  const note = (role: Exclude<keyof ColumnRoles, 'table'>, use: { table: string; column: string }) => {
    const found = catalog.column(query, use);
    if (!found || !isIndexable(catalog.columns(found.table), found.column)) return;
    const key = tableKey(found.table);
    const entry = roles.get(key) ?? { table: found.table, equal: [], joined: [], ranged: [], grouped: [], ordered: [] };
    roles.set(key, entry);
    if (!entry[role].includes(found.column)) entry[role].push(found.column);
  };
  const { predicates, joins, group_by, order_by } = query.features;
  for (const predicate of predicates) {
    if (predicate.wrapped_in !== '' || predicate.clause === 'having') continue;
    const role = { eq: 'equal', in: 'equal', is_null: 'equal', range: 'ranged', like_prefix: 'ranged' } as const;
    const known = role[predicate.operator as keyof typeof role] as (typeof role)[keyof typeof role] | undefined;
    if (known) note(known, predicate);
  }
  for (const join of joins) {
    note('joined', join.left);
    note('joined', join.right);
  }
  for (const use of group_by) note('grouped', use);
  for (const use of order_by) note('ordered', use);
  return [...roles.values()];
}

function isIndexable(columns: readonly ColumnSnapshotRow[], name: string): boolean {
  const column = columns.find((candidate) => candidate.column_name === name);
  if (!column) return true;
  return !unordered_type.test(column.data_type) && (column.average_width_bytes ?? 0) <= max_key_width_bytes;
}

/** Column lists worth imagining for one query and table: equality first, then one range or the wanted order. */
export function candidateColumns(
  roles: ColumnRoles,
  catalog: Catalog,
  max_columns: number,
): readonly { readonly columns: readonly string[]; readonly equalities: number }[] {
  const selective = bySelectivity(catalog.columns(roles.table));
  const joined = roles.joined.filter((column) => !roles.equal.includes(column)).sort(selective);
  const equal = [...roles.equal].sort(selective);
  const lists: { columns: readonly string[]; equalities: number }[] = [];
  const add = (leading: readonly string[], trailing: readonly string[]) => {
    const columns = [...new Set([...leading, ...trailing])].slice(0, max_columns);
    if (columns.length > 0) lists.push({ columns, equalities: Math.min(new Set(leading).size, columns.length) });
  };
  for (const column of [...equal, ...joined]) add([column], []);
  for (const column of roles.ranged) add([], [column]);
  for (const trailing of [[], roles.ranged.slice(0, 1), roles.ordered, roles.grouped]) {
    add(equal, trailing);
    for (const column of joined) {
      add([column, ...equal], trailing);
      add([...equal, column], trailing);
    }
  }
  if (equal.length === 0 && joined.length === 0) add([], roles.ordered);
  return distinct(lists, (list) => list.columns.join(','));
}

/** Every index worth imagining for these queries, each once. */
export function candidatesOf(
  queries: readonly JudgedQuery[],
  catalog: Catalog,
  max_columns: number,
): readonly IndexCandidate[] {
  const imagined = queries.flatMap((query) =>
    columnRoles(query, catalog).flatMap((roles) =>
      candidateColumns(roles, catalog, max_columns).map(({ columns, equalities }) => ({
        index: createIndex(roles.table, columns),
        table: roles.table,
        equalities,
        dropped: undefined,
      })),
    ),
  );
  return distinct(imagined, ({ index }) => indexKeyText(index));
}

/** Most distinct values first; ties and unknowns by name, so that the same facts give the same list. */
function bySelectivity(columns: readonly ColumnSnapshotRow[]): (one: string, other: string) => number {
  const distinctValues = (name: string) => {
    const known = columns.find((column) => column.column_name === name)?.n_distinct ?? 0;
    return known < 0 ? 1e9 * -known : known;
  };
  return (one, other) => distinctValues(other) - distinctValues(one) || one.localeCompare(other);
}

/**
 * The old definition of a dropped index, when it can be imagined again: plain columns over all rows. It gets its old
 * name too, unless that was given to another index or promised uniqueness, which the advice does not.
 */
export function droppedCandidate(
  dropped: DroppedIndex,
  table: TableSnapshotRow,
  indexes: readonly IndexSnapshotRow[],
): IndexCandidate | undefined {
  const definition = parseIndexDefinition(dropped.definition);
  if (!definition || definition.predicate !== '' || definition.keys.length === 0) return undefined;
  if (definition.keys.some((key) => key.column === '' || key.order !== '')) return undefined;
  const columns = definition.keys.map((key) => key.column);
  const is_free = !definition.is_unique && !indexes.some((index) => hasNameOf(index, dropped));
  const index = {
    ...createIndex(table, columns, definition.method, definition.included_columns),
    ...(is_free ? { index_name: dropped.index_name } : {}),
  };
  return { index, table, equalities: columns.length, dropped };
}

/** Names of indexes are unique in a schema, or in a table: whoever has it in the schema may stand in the way. */
const hasNameOf = (index: IndexSnapshotRow, dropped: DroppedIndex): boolean =>
  index.database_name === dropped.database_name &&
  index.schema_name === dropped.schema_name &&
  index.index_name === dropped.index_name;

export const createIndex = (
  table: TableSnapshotRow,
  columns: readonly string[],
  method = 'btree',
  included_columns: readonly string[] = [],
): CreateIndex => ({
  kind: 'create_index',
  database_name: table.database_name,
  schema_name: table.schema_name,
  table_name: table.table_name,
  columns,
  included_columns,
  method,
});

export const indexKeyText = (index: CreateIndex): string =>
  `${index.database_name}.${qualifiedName(index)}(${index.columns.join(',')})` +
  (index.included_columns.length > 0 ? `+(${index.included_columns.join(',')})` : '') +
  (index.method === 'btree' ? '' : `:${index.method}`);

/** Whether an index that exists already gives what the candidate would: its keys lead with the candidate's columns. */
export function isServedBy(candidate: IndexCandidate, existing: IndexSnapshotRow): boolean {
  if (existing.is_valid === 0 || existing.predicate !== '') return false;
  if (!isSameMethod(existing.method, candidate.index.method)) return false;
  const { columns } = candidate.index;
  const leading = existing.key_columns.slice(0, columns.length);
  const sorted = (names: readonly string[]) => [...names].sort().join(',');
  return (
    leading.length === columns.length &&
    sorted(leading.slice(0, candidate.equalities)) === sorted(columns.slice(0, candidate.equalities)) &&
    leading.slice(candidate.equalities).join(',') === columns.slice(candidate.equalities).join(',')
  );
}

export function distinct<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [key(item), item] as const)).values()];
}
