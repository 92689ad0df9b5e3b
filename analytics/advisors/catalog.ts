import type {
  ColumnSnapshotRow,
  ColumnUse,
  DetectorInput,
  Features,
  IndexSnapshotRow,
  JudgedQuery,
  TableSnapshotRow,
} from '@plumbline/contracts';

/** Looks up what a query's names mean in one instance's snapshots. Names are compared as written, then without case. */
export interface Catalog {
  /** The table a query means by `schema.table`; undefined when it is unknown or the name fits several tables. */
  table(database_name: string, schema: string, table: string): TableSnapshotRow | undefined;
  /** The table and the column's real name behind a column use in this query; undefined when it cannot be told. */
  column(query: JudgedQuery, use: ColumnUse): { readonly table: TableSnapshotRow; readonly column: string } | undefined;
  columns(table: TableSnapshotRow): readonly ColumnSnapshotRow[];
  indexes(table: TableSnapshotRow): readonly IndexSnapshotRow[];
  tablesOf(query: JudgedQuery): readonly TableSnapshotRow[];
}

interface Named {
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
}

export const tableKey = (name: Named): string => `${name.database_name}.${name.schema_name}.${name.table_name}`;
/** As an instance event names a table. */
export const qualifiedName = (name: Named): string => `${name.schema_name}.${name.table_name}`;

const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function groupByTable<Row extends Named>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(tableKey(row));
    if (group) group.push(row);
    else groups.set(tableKey(row), [row]);
  }
  return groups;
}

export function catalogOf(input: Pick<DetectorInput, 'tables' | 'columns' | 'indexes'>): Catalog {
  const columns_by_table = groupByTable(input.columns);
  const indexes_by_table = groupByTable(input.indexes);
  const by_name = new Map<string, TableSnapshotRow[]>();
  for (const table of input.tables) {
    const key = `${table.database_name}.${table.table_name.toLowerCase()}`;
    by_name.set(key, [...(by_name.get(key) ?? []), table]);
  }

  const table = (database_name: string, schema: string, name: string): TableSnapshotRow | undefined => {
    const namesakes = by_name.get(`${database_name}.${name.toLowerCase()}`) ?? [];
    const fitting = schema === '' ? namesakes : namesakes.filter((row) => sameName(row.schema_name, schema));
    const exact = fitting.filter((row) => row.table_name === name);
    const chosen = exact.length > 0 ? exact : fitting;
    return chosen.length === 1 ? chosen[0] : undefined;
  };
  const columns = (of: TableSnapshotRow) => columns_by_table.get(tableKey(of)) ?? [];
  const tablesOf = (query: JudgedQuery) => resolvedTables(query.features, (s, t) => table(query.database_name, s, t));

  const column: Catalog['column'] = (query, use) => {
    const tables = tablesOf(query).filter((row) => use.table === '' || sameName(row.table_name, use.table));
    const found = tables.flatMap((row) => {
      const known = columns(row).find((candidate) => sameName(candidate.column_name, use.column));
      return known ? [{ table: row, column: known.column_name }] : [];
    });
    if (found.length === 1) return found[0];
    const [only, ...others] = tables;
    // Without a column snapshot a qualified name is still certain enough; with one, an unknown column is an alias.
    if (only && others.length === 0 && columns(only).length === 0) return { table: only, column: use.column };
    return undefined;
  };

  return { table, column, columns, tablesOf, indexes: (of) => indexes_by_table.get(tableKey(of)) ?? [] };
}

function resolvedTables(
  features: Features,
  find: (schema: string, table: string) => TableSnapshotRow | undefined,
): readonly TableSnapshotRow[] {
  const found = new Set<TableSnapshotRow>();
  for (const use of features.tables) {
    const row = find(use.schema, use.table);
    if (row) found.add(row);
  }
  return [...found];
}

/** Rows as best known: the optimizer's estimate, or the counted live rows where the table was never analyzed. */
export const rowsOf = (table: TableSnapshotRow): number =>
  Math.max(table.estimated_rows ?? 0, Number(table.live_rows), 0);
