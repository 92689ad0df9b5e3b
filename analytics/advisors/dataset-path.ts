/**
 * The parts of a dataset's path as an engine of lakehouses writes it: `lake."a.b".orders` → lake, a.b, orders. A part
 * that holds a dot is quoted there; a doubled quote stands for one.
 */
export function datasetPath(name: string): readonly string[] {
  const parts = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}

/** Names of datasets and columns are told apart without regard to case. */
export const isSameDataset = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((part, place) => isSameName(part, other[place] ?? ''));

export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A table's own path; its schema may be a path of its own. */
export const pathOfTable = (table: {
  readonly schema_name: string;
  readonly table_name: string;
}): readonly string[] => [...datasetPath(table.schema_name), table.table_name];

/** Whether all of `wanted` are among `columns`. */
export const holdsColumns = (columns: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((name) => columns.some((column) => isSameName(column, name)));
