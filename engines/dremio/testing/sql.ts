/**
 * The little SQL that the engine sends, evaluated over rows in memory for the stand-in. It takes no more than Dremio's
 * documentation shows and throws on everything else, so that a statement that only looks right fails the tests.
 */
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

type Evaluate = (row: TableRow) => Value;
interface Expression {
  readonly of: Evaluate;
  readonly type: string;
  readonly aggregate?: (rows: readonly TableRow[]) => Value;
}

const token_pattern = /\s*(?:('(?:[^']|'')*')|("(?:[^"]|"")*")|(\d+)|([A-Za-z_]\w*)|(<=|>=|<>|[(),.*=<>-]))/y;

function tokensOf(sql: string): string[] {
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

/** @param tableOf throws when there is no such table; of a table function it is given the whole call */
export function evaluate(sql: string, tableOf: (name: string) => Table, now: () => string): Answer {
  return new Statement(tokensOf(sql), tableOf, now).run();
}

const explained =
  '00-00    Screen\n00-01      Project(a=[$0])\n00-02        TableFunction(filters=[[Filter on `b`: equal(`b`, 42) ]], ' +
  'columns=[`a`, `b`], Table Function Type=[DATA_FILE_SCAN], table=[lake.sales.orders])\n';

class Statement {
  #at = 0;
  #table: Table = { columns: {}, rows: [{}] };

  constructor(
    readonly tokens: readonly string[],
    readonly tableOf: (name: string) => Table,
    readonly now: () => string,
  ) {}

  run(): Answer {
    if (this.#is('EXPLAIN')) return this.#explain();
    this.#take('SELECT');
    const from = this.tokens.findIndex((token) => token.toUpperCase() === 'FROM');
    if (from >= 0) this.#table = this.#tableAt(from + 1);
    const items = this.#selectList();
    if (from >= 0) this.#skipFrom();
    const where = this.#is('WHERE') ? (this.#next(), this.#or()) : undefined;
    const order = this.#orderBy();
    const limit = this.#is('LIMIT') ? (this.#next(), Number(this.#next())) : Infinity;
    if (this.#at !== this.tokens.length) throw new Error(`PARSE ERROR: Encountered "${this.#peek()}"`);
    const kept = this.#table.rows.filter((row) => where === undefined || where.of(row) === true);
    return this.#project(items, ordered(kept, order), limit);
  }

  /** What the planner would print for any statement. */
  #explain(): Answer {
    for (const word of ['EXPLAIN', 'PLAN', 'FOR', 'SELECT']) this.#take(word);
    return { schema: [{ name: 'text', type: { name: 'VARCHAR' } }], rows: [{ text: explained }] };
  }

  #project(items: readonly (readonly [string, Expression])[], rows: readonly TableRow[], limit: number): Answer {
    const schema = items.map(([name, { type }]) => ({ name, type: { name: type } }));
    if (items.some(([, { aggregate }]) => aggregate !== undefined)) {
      const one = Object.fromEntries(items.map(([name, { aggregate }]) => [name, aggregate?.(rows) ?? null]));
      return { schema, rows: limit > 0 ? [one] : [] };
    }
    const of = (row: TableRow) => Object.fromEntries(items.map(([name, item]) => [name, item.of(row)]));
    return { schema, rows: rows.slice(0, limit).map(of) };
  }

  #selectList(): [string, Expression][] {
    if (this.#is('*')) {
      this.#next();
      return Object.entries(this.#table.columns).map(([name, type]) => [
        name,
        { of: (row) => row[name] ?? null, type },
      ]);
    }
    const items: [string, Expression][] = [];
    do {
      const begin = this.#at;
      const item = this.#or();
      const name = this.#is('AS') ? (this.#next(), unquoted(this.#next())) : unquoted(this.tokens[begin] ?? '');
      items.push([name, item]);
    } while (this.#comma());
    return items;
  }

  #orderBy(): (readonly [Expression, boolean])[] {
    if (!this.#is('ORDER')) return [];
    this.#next();
    this.#take('BY');
    const keys: (readonly [Expression, boolean])[] = [];
    do {
      const key = this.#minus();
      const is_descending = this.#is('DESC');
      if (is_descending) this.#next();
      keys.push([key, is_descending]);
    } while (this.#comma());
    return keys;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#is('OR')) {
      this.#next();
      const [a, b] = [left, this.#and()];
      left = { type: 'BOOLEAN', of: (row) => a.of(row) === true || b.of(row) === true };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#comparison();
    while (this.#is('AND')) {
      this.#next();
      const [a, b] = [left, this.#comparison()];
      left = { type: 'BOOLEAN', of: (row) => a.of(row) === true && b.of(row) === true };
    }
    return left;
  }

  #comparison(): Expression {
    const left = this.#minus();
    const operator = this.#peek();
    if (!['=', '>', '<', '<>', '>=', '<='].includes(operator)) return left;
    this.#next();
    const right = this.#minus();
    return { type: 'BOOLEAN', of: (row) => compares(left.of(row), operator, right.of(row)) };
  }

  #minus(): Expression {
    let left = this.#primary();
    while (this.#is('-')) {
      this.#next();
      const [a, b] = [left, this.#primary()];
      left = { type: 'BIGINT', of: (row) => BigInt(String(a.of(row) ?? 0)) - BigInt(String(b.of(row) ?? 0)) };
    }
    return left;
  }

  #primary(): Expression {
    const token = this.#next();
    const word = token.toUpperCase();
    if (token === '(') return this.#closed(this.#or());
    if (token.startsWith("'")) return { type: 'VARCHAR', of: () => token.slice(1, -1).replaceAll("''", "'") };
    if (/^\d/.test(token)) return { type: 'BIGINT', of: () => BigInt(token) };
    if (word === 'TIMESTAMP' && this.#peek().startsWith("'")) return { ...this.#primary(), type: 'TIMESTAMP' };
    if (word === 'CURRENT_TIMESTAMP') return { type: 'TIMESTAMP', of: () => this.now() };
    if (word === 'CASE') return this.#case();
    if (this.#is('(')) return this.#call(word);
    return this.#column(unquoted(token));
  }

  #column(name: string): Expression {
    const type = this.#table.columns[name];
    if (type === undefined) throw new Error(`VALIDATION ERROR: Column '${name}' not found in any table`);
    return { type, of: (row) => row[name] ?? null };
  }

  #case(): Expression {
    this.#take('WHEN');
    const when = this.#or();
    this.#take('THEN');
    const then = this.#minus();
    this.#take('ELSE');
    const otherwise = this.#minus();
    this.#take('END');
    return { type: then.type, of: (row) => (when.of(row) === true ? then.of(row) : otherwise.of(row)) };
  }

  #call(name: string): Expression {
    this.#take('(');
    if (name === 'CAST') {
      const { of, aggregate } = this.#or();
      this.#take('AS');
      this.#take('VARCHAR');
      const summed = aggregate && { aggregate: (rows: readonly TableRow[]) => asText(aggregate(rows)) };
      return this.#closed({ type: 'VARCHAR', of: (row) => asText(of(row)), ...summed });
    }
    if (name === 'COUNT' || name === 'SUM' || name === 'MIN') return this.#closed(this.#aggregate(name));
    if (name !== 'SUBSTR') throw new Error(`VALIDATION ERROR: No match found for function ${name}`);
    const text = this.#or();
    this.#take(',');
    const from = Number(this.#next());
    this.#take(',');
    const length = Number(this.#next());
    const cut = (value: Value) => (value === null ? null : String(value).slice(from - 1, from - 1 + length));
    return this.#closed({ type: 'VARCHAR', of: (row) => cut(text.of(row)) });
  }

  #aggregate(name: string): Expression {
    const none: Evaluate = () => null;
    if (this.#is('*')) {
      this.#next();
      return { type: 'BIGINT', of: none, aggregate: (rows) => BigInt(rows.length) };
    }
    const is_distinct = this.#is('DISTINCT');
    if (is_distinct) this.#next();
    const { of } = this.#or();
    const aggregate = (rows: readonly TableRow[]): Value => {
      const values = rows.map(of).filter((value) => value !== null);
      if (is_distinct) return BigInt(new Set(values.map(String)).size);
      if (name === 'COUNT') return BigInt(values.length);
      if (name === 'MIN') return [...values].sort(orderOf)[0] ?? null;
      return values.length === 0 ? null : values.reduce((sum: bigint, value) => sum + BigInt(String(value)), 0n);
    };
    return { type: 'BIGINT', of: none, aggregate };
  }

  #closed(expression: Expression): Expression {
    this.#take(')');
    return expression;
  }

  /** `sys.jobs_recent`, `"a"."b c"`, `TABLE(table_files('…'))`. */
  #tableAt(place: number): Table {
    const end = this.#fromEnd(place);
    return this.tableOf(this.tokens.slice(place, end).join(''));
  }

  #fromEnd(place: number): number {
    let end = place;
    let depth = 0;
    while (end < this.tokens.length) {
      const token = this.tokens[end] ?? '';
      if (depth === 0 && ['WHERE', 'ORDER', 'LIMIT'].includes(token.toUpperCase())) break;
      if (token === '(') depth += 1;
      if (token === ')') depth -= 1;
      end += 1;
    }
    return end;
  }

  #skipFrom(): void {
    this.#take('FROM');
    this.#at = this.#fromEnd(this.#at);
  }

  #peek(): string {
    return this.tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.tokens[this.#at];
    if (token === undefined) throw new Error('PARSE ERROR: Encountered "<EOF>"');
    this.#at += 1;
    return token;
  }

  #is(word: string): boolean {
    return this.#peek().toUpperCase() === word;
  }

  #take(word: string): void {
    const token = this.#next();
    if (token.toUpperCase() !== word) throw new Error(`PARSE ERROR: Encountered "${token}", expected ${word}`);
  }

  #comma(): boolean {
    const is_there = this.#is(',');
    if (is_there) this.#next();
    return is_there;
  }
}

const unquoted = (token: string): string =>
  token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase();

const asText = (value: Value): Value =>
  value === null || typeof value === 'string' ? value : Array.isArray(value) ? JSON.stringify(value) : String(value);

function compares(left: Value, operator: string, right: Value): boolean {
  if (left === null || right === null) return false;
  const order = orderOf(left, right);
  if (operator === '=') return order === 0;
  if (operator === '<>') return order !== 0;
  if (operator.startsWith('>')) return order > 0 || (operator === '>=' && order === 0);
  return order < 0 || (operator === '<=' && order === 0);
}

function orderOf(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function ordered(rows: readonly TableRow[], keys: readonly (readonly [Expression, boolean])[]): readonly TableRow[] {
  if (keys.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const [key, is_descending] of keys) {
      const order = orderOf(key.of(a), key.of(b));
      if (order !== 0) return is_descending ? -order : order;
    }
    return 0;
  });
}
