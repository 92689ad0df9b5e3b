const wrapper = /^\s*SELECT\s+\*\s+FROM\s*\(/i;
const after = /^\)\s*(?:(?:AS\s+)?(?:"(?:[^"]|"")*"|[A-Za-z_]\w*)\s+)?LIMIT\s+\d+\s*;?\s*$/i;
/** A statement within a statement within…: no tool wraps deeper. */
const most_wrappers = 3;

/**
 * The statement inside `SELECT * FROM (…) alias LIMIT n`, which tools put around what a person wrote to see its first rows:
 * both are the same query. Anything else is left as it is.
 */
export function unwrapped(sql: string): string {
  let text = sql;
  for (let depth = 0; depth < most_wrappers; depth += 1) {
    const begin = wrapper.exec(text)?.[0].length;
    if (begin === undefined) break;
    const end = closing(text, begin);
    if (end === undefined || !after.test(text.slice(end))) break;
    text = text.slice(begin, end).trim();
  }
  return text;
}

/** Where the bracket that was opened just before `begin` is closed, outside quotes and comments. */
function closing(text: string, begin: number): number | undefined {
  // What is left open reaches to the end, so that no part is ever read twice.
  const signs = /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[()]/g;
  signs.lastIndex = begin;
  let depth = 1;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    if (sign[0] === '(') depth += 1;
    if (sign[0] === ')' && --depth === 0) return sign.index;
  }
  return undefined;
}
