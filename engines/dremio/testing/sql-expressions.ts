import {
  asText,
  compares,
  orderOf,
  unquoted,
  type Evaluate,
  type Expression,
  type Table,
  type TableRow,
  type Value,
} from './sql-values.js';

/** Reads tokens one after the other; throws where another was expected. */
class TokenReader {
  protected at = 0;

  constructor(readonly tokens: readonly string[]) {}

  protected peek(): string {
    return this.tokens[this.at] ?? '';
  }

  protected next(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Error('PARSE ERROR: Encountered "<EOF>"');
    this.at += 1;
    return token;
  }

  protected is(word: string): boolean {
    return this.peek().toUpperCase() === word;
  }

  protected take(word: string): void {
    const token = this.next();
    if (token.toUpperCase() !== word) throw new Error(`PARSE ERROR: Encountered "${token}", expected ${word}`);
  }

  protected comma(): boolean {
    const is_there = this.is(',');
    if (is_there) this.next();
    return is_there;
  }
}

/** Expressions over one table, by recursive descent from the loosest operator. */
export class Expressions extends TokenReader {
  protected table: Table = { columns: {}, rows: [{}] };

  constructor(
    tokens: readonly string[],
    readonly now: () => string,
  ) {
    super(tokens);
  }

  protected or(): Expression {
    let left = this.and();
    while (this.is('OR')) {
      this.next();
      const [a, b] = [left, this.and()];
      left = { type: 'BOOLEAN', of: (row) => a.of(row) === true || b.of(row) === true };
    }
    return left;
  }

  protected and(): Expression {
    let left = this.comparison();
    while (this.is('AND')) {
      this.next();
      const [a, b] = [left, this.comparison()];
      left = { type: 'BOOLEAN', of: (row) => a.of(row) === true && b.of(row) === true };
    }
    return left;
  }

  protected comparison(): Expression {
    const left = this.minus();
    const operator = this.peek();
    if (!['=', '>', '<', '<>', '>=', '<='].includes(operator)) return left;
    this.next();
    const right = this.minus();
    return { type: 'BOOLEAN', of: (row) => compares(left.of(row), operator, right.of(row)) };
  }

  protected minus(): Expression {
    let left = this.primary();
    while (this.is('-')) {
      this.next();
      const [a, b] = [left, this.primary()];
      left = { type: 'BIGINT', of: (row) => BigInt(String(a.of(row) ?? 0)) - BigInt(String(b.of(row) ?? 0)) };
    }
    return left;
  }

  protected primary(): Expression {
    const token = this.next();
    const word = token.toUpperCase();
    if (token === '(') return this.closed(this.or());
    if (token.startsWith("'")) return { type: 'VARCHAR', of: () => token.slice(1, -1).replaceAll("''", "'") };
    if (/^\d/.test(token)) return { type: 'BIGINT', of: () => BigInt(token) };
    if (word === 'TIMESTAMP' && this.peek().startsWith("'")) return { ...this.primary(), type: 'TIMESTAMP' };
    if (word === 'CURRENT_TIMESTAMP') return { type: 'TIMESTAMP', of: () => this.now() };
    if (word === 'CASE') return this.case();
    if (this.is('(')) return this.call(word);
    return this.column(unquoted(token));
  }

  protected column(name: string): Expression {
    const type = this.table.columns[name];
    if (type === undefined) throw new Error(`VALIDATION ERROR: Column '${name}' not found in any table`);
    return { type, of: (row) => row[name] ?? null };
  }

  protected case(): Expression {
    this.take('WHEN');
    const when = this.or();
    this.take('THEN');
    const then = this.minus();
    this.take('ELSE');
    const otherwise = this.minus();
    this.take('END');
    return { type: then.type, of: (row) => (when.of(row) === true ? then.of(row) : otherwise.of(row)) };
  }

  protected call(name: string): Expression {
    this.take('(');
    if (name === 'CAST') {
      const { of, aggregate } = this.or();
      this.take('AS');
      this.take('VARCHAR');
      const summed = aggregate && { aggregate: (rows: readonly TableRow[]) => asText(aggregate(rows)) };
      return this.closed({ type: 'VARCHAR', of: (row) => asText(of(row)), ...summed });
    }
    if (name === 'COUNT' || name === 'SUM' || name === 'MIN') return this.closed(this.aggregate(name));
    if (name !== 'SUBSTR') throw new Error(`VALIDATION ERROR: No match found for function ${name}`);
    const text = this.or();
    this.take(',');
    const from = Number(this.next());
    this.take(',');
    const length = Number(this.next());
    const cut = (value: Value) => (value === null ? null : String(value).slice(from - 1, from - 1 + length));
    return this.closed({ type: 'VARCHAR', of: (row) => cut(text.of(row)) });
  }

  protected aggregate(name: string): Expression {
    const none: Evaluate = () => null;
    if (this.is('*')) {
      this.next();
      return { type: 'BIGINT', of: none, aggregate: (rows) => BigInt(rows.length) };
    }
    const is_distinct = this.is('DISTINCT');
    if (is_distinct) this.next();
    const { of } = this.or();
    const aggregate = (rows: readonly TableRow[]): Value => {
      const values = rows.map(of).filter((value) => value !== null);
      if (is_distinct) return BigInt(new Set(values.map(String)).size);
      if (name === 'COUNT') return BigInt(values.length);
      if (name === 'MIN') return [...values].sort(orderOf)[0] ?? null;
      return values.length === 0 ? null : values.reduce((sum: bigint, value) => sum + BigInt(String(value)), 0n);
    };
    return { type: 'BIGINT', of: none, aggregate };
  }

  protected closed(expression: Expression): Expression {
    this.take(')');
    return expression;
  }
}
