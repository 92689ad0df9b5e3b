import { Expressions } from './sql-expressions.js';
import { ordered, tokensOf, unquoted, type Answer, type Expression, type Table, type TableRow } from './sql-values.js';

const explained =
  '00-00    Screen\n00-01      Project(a=[$0])\n00-02        TableFunction(filters=[[Filter on `b`: equal(`b`, 42) ]], ' +
  'columns=[`a`, `b`], Table Function Type=[DATA_FILE_SCAN], table=[lake.sales.orders])\n';

/**
 * The little SQL that the engine sends, evaluated over rows in memory for the stand-in. It takes no more than Dremio's
 * documentation shows and throws on everything else, so that a statement that only looks right fails the tests.
 *
 * @param tableOf throws when there is no such table; of a table function it is given the whole call
 */
export function evaluate(sql: string, tableOf: (name: string) => Table, now: () => string): Answer {
  return new Statement(tokensOf(sql), tableOf, now).run();
}

class Statement extends Expressions {
  constructor(
    tokens: readonly string[],
    readonly tableOf: (name: string) => Table,
    now: () => string,
  ) {
    super(tokens, now);
  }

  run(): Answer {
    if (this.is('EXPLAIN')) return this.explain();
    this.take('SELECT');
    const from = this.tokens.findIndex((token) => token.toUpperCase() === 'FROM');
    if (from >= 0) this.table = this.tableAt(from + 1);
    const items = this.selectList();
    if (from >= 0) this.skipFrom();
    const where = this.is('WHERE') ? (this.next(), this.or()) : undefined;
    const order = this.orderBy();
    const limit = this.is('LIMIT') ? (this.next(), Number(this.next())) : Infinity;
    if (this.at !== this.tokens.length) throw new Error(`PARSE ERROR: Encountered "${this.peek()}"`);
    const kept = this.table.rows.filter((row) => where === undefined || where.of(row) === true);
    return this.project(items, ordered(kept, order), limit);
  }

  /** What the planner would print for any statement. */
  private explain(): Answer {
    for (const word of ['EXPLAIN', 'PLAN', 'FOR', 'SELECT']) this.take(word);
    return { schema: [{ name: 'text', type: { name: 'VARCHAR' } }], rows: [{ text: explained }] };
  }

  private project(items: readonly (readonly [string, Expression])[], rows: readonly TableRow[], limit: number): Answer {
    const schema = items.map(([name, { type }]) => ({ name, type: { name: type } }));
    if (items.some(([, { aggregate }]) => aggregate !== undefined)) {
      const one = Object.fromEntries(items.map(([name, { aggregate }]) => [name, aggregate?.(rows) ?? null]));
      return { schema, rows: limit > 0 ? [one] : [] };
    }
    const of = (row: TableRow) => Object.fromEntries(items.map(([name, item]) => [name, item.of(row)]));
    return { schema, rows: rows.slice(0, limit).map(of) };
  }

  private selectList(): [string, Expression][] {
    if (this.is('*')) {
      this.next();
      return Object.entries(this.table.columns).map(([name, type]) => [name, { of: (row) => row[name] ?? null, type }]);
    }
    const items: [string, Expression][] = [];
    do {
      const begin = this.at;
      const item = this.or();
      const name = this.is('AS') ? (this.next(), unquoted(this.next())) : unquoted(this.tokens[begin] ?? '');
      items.push([name, item]);
    } while (this.comma());
    return items;
  }

  private orderBy(): (readonly [Expression, boolean])[] {
    if (!this.is('ORDER')) return [];
    this.next();
    this.take('BY');
    const keys: (readonly [Expression, boolean])[] = [];
    do {
      const key = this.minus();
      const is_descending = this.is('DESC');
      if (is_descending) this.next();
      keys.push([key, is_descending]);
    } while (this.comma());
    return keys;
  }

  /** `sys.jobs_recent`, `"a"."b c"`, `TABLE(table_files('…'))`. */
  private tableAt(place: number): Table {
    const end = this.fromEnd(place);
    return this.tableOf(this.tokens.slice(place, end).join(''));
  }

  private fromEnd(place: number): number {
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

  private skipFrom(): void {
    this.take('FROM');
    this.at = this.fromEnd(this.at);
  }
}
