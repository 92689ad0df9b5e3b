/** By alias or name as a plan has it: which table it is. */
export type TableNames = ReadonlyMap<string, { readonly schema: string; readonly table: string }>;

const string_literal = /'(?:[^'\\]|\\.|'')*'/gs;
const named_table = /`((?:[^`]|``)+)`\.`((?:[^`]|``)+)`(?: `((?:[^`]|``)+)`)?(?!\.)/g;

/**
 * The tables behind the aliases of a plan, from the statement as the server rewrote it (SHOW WARNINGS after EXPLAIN):
 * `` `shop`.`orders` `o` ``. It holds values of the statement and of rows read while planning: none is kept.
 */
export function tableNames(rewritten: string): TableNames {
  const plain = (name: string): string => name.replaceAll('``', '`');
  const names = new Map<string, { schema: string; table: string }>();
  for (const [, schema = '', table = '', alias] of rewritten.replaceAll(string_literal, "''").matchAll(named_table)) {
    const key = plain(alias ?? table);
    if (alias !== undefined || !names.has(key)) names.set(key, { schema: plain(schema), table: plain(table) });
  }
  return names;
}
