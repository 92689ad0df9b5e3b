import type { CollectTools } from '@plumbline/contracts';
import type { Fields } from '../fields.js';
import { quoted } from '../source.js';

export interface IndexPart {
  /** '' for an expression. */
  readonly column_name: string;
  readonly expression: string;
  /** Characters of the column that are indexed; '' for all. */
  readonly prefix_length: string;
  readonly is_descending: boolean;
}

export interface Index {
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  /** btree, hash, fulltext, spatial. */
  readonly method: string;
  readonly is_unique: boolean;
  readonly is_used: boolean;
  readonly backs_constraint: boolean;
  readonly parts: readonly IndexPart[];
}

/** @param columns rows of collect/indexes-*.sql in order  @param keys rows of collect/foreign-keys.sql in order */
export function indexesOf(columns: readonly Fields[], keys: readonly Fields[]): Index[] {
  const needed = foreignKeyColumns(keys);
  const groups = new Map<string, Fields[]>();
  for (const row of columns) {
    const key = JSON.stringify([row.text('schema_name'), row.text('table_name'), row.text('index_name')]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((rows) => indexOf(rows, needed));
}

function indexOf(rows: readonly Fields[], needed: ReadonlyMap<string, readonly string[]>): Index[] {
  const [first] = rows;
  if (first === undefined) return [];
  const table = { schema_name: first.text('schema_name'), table_name: first.text('table_name') };
  const index_name = first.text('index_name');
  const is_unique = !first.flag('is_not_unique');
  const parts = rows.map((row) => ({
    column_name: row.text('column_name'),
    expression: unescaped(row.text('expression')),
    prefix_length: row.text('prefix_length'),
    is_descending: row.text('direction') === 'D',
  }));
  const begin = parts.map(({ column_name }) => column_name).join(',');
  const backs_key = (needed.get(tableKey(table)) ?? []).some((key) => `${begin},`.startsWith(`${key},`));
  return [
    {
      ...{ ...table, index_name, parts, is_unique },
      method: first.text('method').toLowerCase(),
      is_used: first.flag('is_used'),
      backs_constraint: index_name === 'PRIMARY' || is_unique || backs_key,
    },
  ];
}

/** The catalog keeps an expression with its quotes escaped; taken as it is, the end of a literal would not be seen. */
const unescaped = (expression: string): string => expression.replace(/\\(.)/gs, '$1');

const tableKey = (table: { readonly schema_name: string; readonly table_name: string }): string =>
  JSON.stringify([table.schema_name, table.table_name]);

/** The column lists of foreign keys by table, of the side that refers and of the side referred to. */
function foreignKeyColumns(keys: readonly Fields[]): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, { readonly table: string; columns: string }>();
  for (const row of keys) {
    const name = JSON.stringify([row.text('key_schema'), row.text('table_name'), row.text('key_name')]);
    const sides = [
      { side: 'child', schema: 'schema_name', table: 'table_name', column: 'column_name' },
      { side: 'parent', schema: 'parent_schema', table: 'parent_table', column: 'parent_column' },
    ];
    for (const { side, schema, table, column } of sides) {
      const key = `${side}${name}`;
      const so_far = lists.get(key)?.columns;
      const columns = so_far === undefined ? row.text(column) : `${so_far},${row.text(column)}`;
      lists.set(key, { table: tableKey({ schema_name: row.text(schema), table_name: row.text(table) }), columns });
    }
  }
  const by_table = new Map<string, string[]>();
  for (const { table, columns } of lists.values()) by_table.set(table, [...(by_table.get(table) ?? []), columns]);
  return by_table;
}

/** A key column as snapshot-rows.ts wants it: its name, or its expression in parentheses without literals. */
export const keyColumn = (part: IndexPart, tools: CollectTools): string =>
  part.column_name === '' ? `(${tools.redact(part.expression)})` : part.column_name;

/** As a statement that makes the index anew: the way back after a drop. An expression has lost its literals. */
export function definitionOf(index: Index, tools: CollectTools): string {
  const columns = index.parts.map((part) => {
    const name = part.column_name === '' ? keyColumn(part, tools) : quoted(part.column_name);
    const length = part.prefix_length === '' ? '' : `(${part.prefix_length})`;
    return `${name}${length}${part.is_descending ? ' DESC' : ''}`;
  });
  const table = `${quoted(index.schema_name)}.${quoted(index.table_name)}`;
  if (index.index_name === 'PRIMARY') return `ALTER TABLE ${table} ADD PRIMARY KEY (${columns.join(', ')})`;
  const is_plain = index.method === 'btree' || index.method === 'hash';
  const kind = is_plain ? (index.is_unique ? 'UNIQUE ' : '') : `${index.method.toUpperCase()} `;
  const using = is_plain ? ` USING ${index.method.toUpperCase()}` : '';
  return `CREATE ${kind}INDEX ${quoted(index.index_name)} ON ${table} (${columns.join(', ')})${using}`;
}
