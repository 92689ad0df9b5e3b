import { quoted } from './statement.js';

export interface IndexColumn {
  readonly name: string;
  readonly is_included: 0 | 1;
  readonly is_descending: 0 | 1;
}

export interface DefinedIndex {
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  /** CLUSTERED, NONCLUSTERED, NONCLUSTERED COLUMNSTORE… */
  readonly type_desc: string;
  readonly is_unique: 0 | 1;
  readonly filter_definition: string;
  readonly columns: readonly IndexColumn[];
}

/** The server keeps no text of an index, so it is put together; in brackets as its own tools write it. */
export function definitionOf(index: DefinedIndex): string {
  const keys = index.columns.filter(({ is_included }) => is_included === 0);
  const included = index.columns.filter(({ is_included }) => is_included === 1);
  const is_columnstore = index.type_desc.includes('COLUMNSTORE');
  const key_list = keys.map(({ name, is_descending }) => `${quoted(name)}${is_descending === 1 ? ' DESC' : ''}`);
  // A columnstore lists its columns as included ones and takes them as a plain list; a clustered one takes none.
  const columnstore_list = included.map(({ name }) => quoted(name));
  const list = is_columnstore ? columnstore_list : key_list;
  return [
    'CREATE',
    ...(index.is_unique === 1 ? ['UNIQUE'] : []),
    index.type_desc,
    `INDEX ${quoted(index.index_name)} ON ${quoted(index.schema_name)}.${quoted(index.table_name)}`,
    ...(index.type_desc === 'CLUSTERED COLUMNSTORE' ? [] : [`(${list.join(', ')})`]),
    ...(is_columnstore || included.length === 0 ? [] : [`INCLUDE (${columnstore_list.join(', ')})`]),
    ...(index.filter_definition === '' ? [] : [`WHERE ${index.filter_definition}`]),
  ].join(' ');
}
