/** Rows, values and words of the little SQL that the stand-in evaluates (sql.ts). */
export type Value = string | number | bigint | boolean | null | readonly unknown[];
export type TableRow = Readonly<Record<string, Value>>;
export interface Table {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly TableRow[];
}
export interface Answer {
  readonly schema: readonly { readonly name: string; readonly type: { readonly name: string } }[];
  readonly rows: readonly TableRow[];
}

export type Evaluate = (row: TableRow) => Value;
export interface Expression {
  readonly of: Evaluate;
  readonly type: string;
  readonly aggregate?: (rows: readonly TableRow[]) => Value;
}

const token_pattern = /\s*(?:('(?:[^']|'')*')|("(?:[^"]|"")*")|(\d+)|([A-Za-z_]\w*)|(<=|>=|<>|[(),.*=<>-]))/y;

/** Throws on a sign that no statement of ours holds. */
export function tokensOf(sql: string): string[] {
  const tokens: string[] = [];
  token_pattern.lastIndex = 0;
  const text = sql.replace(/\/\*[\s\S]*?\*\//g, ' ').trim();
  while (token_pattern.lastIndex < text.length) {
    const match = token_pattern.exec(text);
    if (match === null) throw new Error(`PARSE ERROR: Encountered "${text.slice(0, 20)}"`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

export const unquoted = (token: string): string =>
  token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase();

export const asText = (value: Value): Value =>
  value === null || typeof value === 'string' ? value : Array.isArray(value) ? JSON.stringify(value) : String(value);

export function compares(left: Value, operator: string, right: Value): boolean {
  if (left === null || right === null) return false;
  const order = orderOf(left, right);
  if (operator === '=') return order === 0;
  if (operator === '<>') return order !== 0;
  if (operator.startsWith('>')) return order > 0 || (operator === '>=' && order === 0);
  return order < 0 || (operator === '<=' && order === 0);
}

export function orderOf(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function ordered(
  rows: readonly TableRow[],
  keys: readonly (readonly [Expression, boolean])[],
): readonly TableRow[] {
  if (keys.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const [key, is_descending] of keys) {
      const order = orderOf(key.of(a), key.of(b));
      if (order !== 0) return is_descending ? -order : order;
    }
    return 0;
  });
}
