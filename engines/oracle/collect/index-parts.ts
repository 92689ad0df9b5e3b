import type { CollectTools } from '@plumbline/contracts';
import { key, place, shaped, text, whole, type Read, type RowOf } from '../fields.js';
import { quoted, type Dictionary, type Query } from '../source.js';

const index_shape = {
  ...{ index_owner: key, index_name: key, schema_name: key, table_name: key, index_type: text, uniqueness: text },
  ...{ status: text, visibility: text, leaf_blocks: whole },
};
const part_shape = {
  ...{ index_owner: key, index_name: key, column_name: key, column_position: place, descend: text },
  column_expression: text,
};
const constraint_shape = {
  ...{ schema_name: key, table_name: key, constraint_name: key, constraint_type: key, index_owner: text },
  ...{ index_name: text, column_name: key, position: place },
};
const usage_shape = { index_owner: key, index_name: key, total_access_count: whole };

export type IndexRow = RowOf<typeof index_shape>;
type Part = RowOf<typeof part_shape>;
type ConstraintColumn = RowOf<typeof constraint_shape>;

export interface IndexParts {
  readonly indexes: Read<IndexRow>;
  readonly parts: ReadonlyMap<string, readonly Part[]>;
  readonly constraints: readonly ConstraintColumn[];
  /** Undefined before 12.2 or without the grant: nobody counts. */
  readonly usage: ReadonlyMap<string, bigint> | undefined;
}

export const nameOf = ({ index_owner, index_name }: { readonly index_owner: string; readonly index_name: string }) =>
  `${index_owner}.${index_name}`;

export async function readIndexParts(query: Query, dictionary: Dictionary): Promise<IndexParts> {
  const indexes = shaped(await query('indexes.sql'), index_shape);
  const parts = new Map<string, Part[]>();
  for (const part of shaped(await query('index-columns.sql'), part_shape).rows) {
    parts.set(nameOf(part), [...(parts.get(nameOf(part)) ?? []), part]);
  }
  for (const of_one of parts.values()) of_one.sort((a, b) => a.column_position - b.column_position);
  const constraints = shaped(await query('index-constraints.sql'), constraint_shape).rows;
  const usage = dictionary.canRead('DBA_INDEX_USAGE')
    ? shaped(await query('index-usage.sql'), usage_shape).rows
    : undefined;
  return {
    indexes,
    parts,
    constraints,
    usage: usage && new Map(usage.map((row) => [nameOf(row), row.total_access_count ?? 0n])),
  };
}

const isExpression = (part: Part): boolean => part.column_expression !== '' && !isPlainDescending(part);
/** A descending column is stored as an expression that is just its quoted name. */
const isPlainDescending = (part: Part): boolean => /^"[^"]+"$/.test(part.column_expression);
const columnOf = (part: Part): string =>
  isPlainDescending(part) ? part.column_expression.slice(1, -1) : part.column_name;

export const keyColumns = (parts: readonly Part[], tools: CollectTools): string[] =>
  parts.map((part) => (isExpression(part) ? `(${tools.redact(part.column_expression)})` : columnOf(part)));

/** In the words of all engines: `NORMAL` and `FUNCTION-BASED NORMAL` are B-trees. */
export function methodOf({ index_type }: Pick<IndexRow, 'index_type'>): string {
  if (index_type.endsWith('/REV')) return 'reverse';
  return /NORMAL/.test(index_type) ? 'btree' : index_type.replace('FUNCTION-BASED ', '').toLowerCase();
}

/** A plain index holds no literal, and its definition must stay runnable: it is the way back after a drop. */
export function definitionOf(index: IndexRow, parts: readonly Part[], tools: CollectTools): string {
  const kind = index.uniqueness === 'UNIQUE' ? 'UNIQUE ' : index.index_type.includes('BITMAP') ? 'BITMAP ' : '';
  const columns = parts.map((part) => {
    const column = isExpression(part) ? tools.redact(part.column_expression) : quoted(columnOf(part));
    return part.descend === 'DESC' ? `${column} DESC` : column;
  });
  const name = `${quoted(index.index_owner)}.${quoted(index.index_name)}`;
  const reverse = index.index_type.includes('/REV') ? ' REVERSE' : '';
  return `CREATE ${kind}INDEX ${name} ON ${quoted(index.schema_name)}.${quoted(index.table_name)} (${columns.join(', ')})${reverse}`;
}

/** Backs a key by name, or leads with the columns of a foreign key. */
export function backsConstraint(
  index: IndexRow,
  parts: readonly Part[],
  constraints: readonly ConstraintColumn[],
): boolean {
  if (constraints.some((one) => one.index_name !== '' && nameOf(one) === nameOf(index))) return true;
  const on_table = constraints.filter(
    (one) =>
      one.constraint_type === 'R' && one.schema_name === index.schema_name && one.table_name === index.table_name,
  );
  return [...new Set(on_table.map(({ constraint_name }) => constraint_name))].some((name) => {
    const columns = on_table.filter((one) => one.constraint_name === name).map(({ column_name }) => column_name);
    const leading = new Set(parts.slice(0, columns.length).map(columnOf));
    return columns.every((column) => leading.has(column));
  });
}
