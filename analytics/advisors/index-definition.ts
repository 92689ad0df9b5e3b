/** One key of an index as its definition spells it: `text` without order and null placement marks kept in `order`. */
export interface IndexKey {
  readonly text: string;
  /** The bare column's name, '' for an expression. */
  readonly column: string;
  /** Everything after the column or expression: collation, operator class, DESC, NULLS FIRST. */
  readonly order: string;
}

export interface IndexDefinition {
  readonly method: string;
  readonly is_unique: boolean;
  readonly keys: readonly IndexKey[];
  readonly included_columns: readonly string[];
  readonly predicate: string;
}

const head =
  /^\s*create\s+(unique\s+)?(?:(?:non)?clustered\s+)?index\s+.*?\son\s+(?:only\s+)?(?:"[^"]*"|`[^`]*`|\[[^\]]*\]|[^\s("`[]+)+\s*(?:using\s+(\w+)\s*)?\(/is;

/**
 * Reads `CREATE [UNIQUE] INDEX … ON … [USING method] (keys) [INCLUDE (columns)] [WHERE predicate]`, the common form of
 * every engine that has one. Undefined for anything else: the caller falls back on the snapshot's own columns.
 */
export function parseIndexDefinition(definition: string): IndexDefinition | undefined {
  const matched = head.exec(definition);
  if (!matched) return undefined;
  const keys = insideParentheses(definition, matched[0].length);
  if (!keys) return undefined;
  const rest = definition.slice(keys.end);
  const include = /^\s*include\s*\(/i.exec(rest);
  const included = include ? insideParentheses(rest, include[0].length) : undefined;
  const where = /\swhere\s+(.*?);?\s*$/is.exec(included ? rest.slice(included.end) : rest);
  return {
    method: (matched[2] ?? 'btree').toLowerCase(),
    is_unique: matched[1] !== undefined,
    keys: keys.parts.map(indexKey),
    included_columns: (included?.parts ?? []).map(unquoted),
    predicate: where?.[1] ?? '',
  };
}

/** What ends a name or literal begun so: standard, MySQL's and SQL Server's ways to quote. */
const closing: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '[': ']' };

function insideParentheses(text: string, start: number): { parts: readonly string[]; end: number } | undefined {
  const parts: string[] = [];
  let depth = 1;
  let begin = start;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (closing[letter] !== undefined) quote = closing[letter];
    else if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    const is_end = depth === 0;
    if (is_end || (letter === ',' && depth === 1 && quote === '')) {
      parts.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
    if (is_end) return { parts, end: at + 1 };
  }
  return undefined;
}

function indexKey(text: string): IndexKey {
  const bare = /^("(?:[^"]|"")+"|`(?:[^`]|``)+`|\[(?:[^\]]|\]\])+\]|[\p{L}_][\p{L}\p{N}_$]*)(\s.*)?$/isu.exec(text);
  if (!bare) return { text, column: '', order: '' };
  return { text, column: unquoted(bare[1] ?? ''), order: (bare[2] ?? '').trim() };
}

function unquoted(name: string): string {
  const end = closing[name.charAt(0)];
  return end === undefined ? name : name.slice(1, -1).replaceAll(end + end, end);
}
