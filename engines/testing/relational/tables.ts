/** One table or view of the engine that the stand-in plays, as the engine's own documentation describes it. */
export interface TableDescription {
  /** '' for what the engine finds without a schema. */
  readonly schema_name: string;
  readonly table_name: string;
  /** The engine's own type by column name: `NUMBER`, `VARCHAR2(64)`, `datetimeoffset`. */
  readonly columns: Readonly<Record<string, string>>;
}

/** @returns the type of PostgreSQL that holds every value of the engine's type; throws on a type it does not know */
export type TypeOf = (native_type: string) => string;

/** Names are lower case in the stand-in: PostgreSQL folds unquoted ones, as the engines fold theirs. */
export const standInName = ({ schema_name, table_name }: Omit<TableDescription, 'columns'>): string =>
  [schema_name, table_name]
    .filter((part) => part !== '')
    .map((part) => quoted(part))
    .join('.');

export function createTable(table: TableDescription, typeOf: TypeOf): string[] {
  const columns = Object.entries(table.columns).map(([name, type]) => `${quoted(name)} ${typeOf(type)}`);
  const schema = table.schema_name === '' ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoted(table.schema_name)}`];
  return [...schema, `CREATE TABLE ${standInName(table)} (${columns.join(', ')})`];
}

export const quoted = (name: string): string => `"${name.toLowerCase().replaceAll('"', '""')}"`;
