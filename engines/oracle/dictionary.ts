import { key, shaped } from './fields.js';
import type { Dictionary, Query } from './source.js';

/**
 * Which columns of which views this user may read here: versions differ, and a view that is not listed is not granted.
 * Dynamic views are listed by what stands behind their synonyms, `V_$SQL` for `V$SQL`.
 */
export async function readDictionary(query: Query): Promise<Dictionary> {
  const privileges = shaped(await query('privileges.sql'), { privilege: key }).rows;
  const file = privileges.length > 0 ? 'dictionary-any.sql' : 'dictionary.sql';
  const { rows } = shaped(await query(file), { owner: key, table_name: key, column_name: key });
  const views = new Map<string, Set<string>>();
  for (const { owner, table_name, column_name } of rows) {
    const public_name = table_name.replace(/^(G?V)_\$/, '$1$');
    const name = owner === 'SYS' ? public_name : `${owner}.${public_name}`;
    const columns = views.get(name) ?? new Set();
    views.set(name, columns.add(column_name));
  }
  return {
    has: (view, column) => views.get(view)?.has(column.toUpperCase()) ?? false,
    canRead: (view) => views.has(view),
  };
}
