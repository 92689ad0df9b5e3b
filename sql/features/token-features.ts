import type {
  ColumnUse,
  Dialect,
  Features,
  JoinUse,
  PredicateUse,
  StatementClass,
  TableUse,
} from '@plumbline/contracts';
import { lex } from '../tokens/lexer.js';
import { isLiteral, kind, type TokenList } from '../tokens/token-list.js';
import { reserved_words, words_before_operand } from '../tokens/words.js';
import { aggregate_names } from './query-tree.js';

/**
 * Features by token rules, for texts that no parser takes (recall of tables 96 to 100 %, of predicates less). Only
 * `alias.column` and single-table columns are told; good for attributing load, not for advice.
 */
export function tokenFeatures(sql: string, dialect: Dialect, statement_class: StatementClass): Features {
  const reader = new TokenReader(lex(sql, dialect).tokens);
  reader.run();
  const has_tables = reader.tables.length > 0;
  return {
    statement_class,
    tables: reader.tables,
    predicates: reader.predicates,
    joins: reader.joins,
    group_by: [],
    order_by: [],
    selects_star: reader.selects_star,
    has_limit: reader.words.has('limit') || reader.words.has('top') || reader.words.has('fetch'),
    has_offset: reader.words.has('offset'),
    subqueries: Math.max(0, reader.selects - reader.set_operations - 1),
    set_operations: reader.set_operations,
    has_aggregate: reader.has_aggregate,
    feature_source: has_tables ? 'tokens' : 'none',
  };
}

/** The features of a statement of which only the class is known. */
export const noFeatures = (statement_class: StatementClass): Features => ({
  statement_class,
  tables: [],
  predicates: [],
  joins: [],
  group_by: [],
  order_by: [],
  selects_star: false,
  has_limit: false,
  has_offset: false,
  subqueries: 0,
  set_operations: 0,
  has_aggregate: false,
  feature_source: 'none',
});

const table_words: Readonly<Record<string, TableUse['access']>> = {
  from: 'read',
  join: 'read',
  using: 'read',
  into: 'write',
  update: 'write',
};
const operators: Readonly<Record<string, PredicateUse['operator']>> = {
  '=': 'eq',
  '<>': 'not_eq',
  '<': 'range',
  '<=': 'range',
  '>': 'range',
  '>=': 'range',
  in: 'in',
  between: 'range',
  like: 'like',
};

class TokenReader {
  readonly tables: TableUse[] = [];
  readonly predicates: PredicateUse[] = [];
  readonly joins: JoinUse[] = [];
  readonly words = new Set<string>();
  selects_star = false;
  selects = 0;
  set_operations = 0;
  has_aggregate = false;
  private clause: PredicateUse['clause'] | '' = '';
  private readonly named_queries = new Set<string>();
  private readonly compared: {
    left: ColumnUse;
    right: ColumnUse | null;
    operator: string;
    clause: PredicateUse['clause'];
  }[] = [];

  constructor(private readonly tokens: TokenList) {}

  run(): void {
    for (let place = 0; place < this.tokens.length; place++) {
      if (this.tokens.kinds[place] === kind.word) this.word(place);
      this.comparison(place);
    }
    for (const one of this.compared) this.place(one);
  }

  private text(place: number): string {
    return this.tokens.texts[place] ?? '';
  }

  private isName(place: number): boolean {
    const token = this.tokens.kinds[place];
    return token === kind.quoted || (token === kind.word && !reserved_words.has(this.text(place)));
  }

  private word(place: number): void {
    const text = this.text(place);
    this.words.add(text);
    if (text === 'select') this.select(place);
    else if (text === 'union' || text === 'intersect' || text === 'except' || text === 'minus') this.set_operations++;
    else if (text === 'where' || text === 'on' || text === 'having') this.clause = text;
    else if (text === 'group' || text === 'order') this.clause = '';
    else if (aggregate_names.has(text) && this.text(place + 1) === '(') this.has_aggregate = true;
    if (this.isName(place) && this.text(place + 1) === 'as' && this.text(place + 2) === '(')
      this.named_queries.add(text);
    const access = table_words[text];
    if (access && !this.isPartOfCall(place)) this.tableList(place + 1, this.accessAt(place, access));
  }

  private select(place: number): void {
    this.selects++;
    this.clause = '';
    const starts = this.text(place + 1) === '*' || (this.text(place + 2) === '.' && this.text(place + 3) === '*');
    if (starts) this.selects_star = true;
  }

  /** `EXTRACT(x FROM y)`, `FOR UPDATE`, `DO UPDATE`, `JOIN u USING (id)`: the word opens no table. */
  private isPartOfCall(place: number): boolean {
    const before = this.text(place - 1);
    if (this.text(place) === 'update') return before === 'for' || before === 'do' || before === 'key';
    const opener = this.text(place - 3);
    return this.text(place) === 'from' && ['extract', 'substring', 'trim', 'overlay'].includes(opener);
  }

  private accessAt(place: number, access: TableUse['access']): TableUse['access'] {
    return this.text(place) === 'from' && this.text(place - 1) === 'delete' ? 'write' : access;
  }

  private tableList(from: number, access: TableUse['access']): void {
    let place = from;
    while (['only', 'lateral', 'ignore'].includes(this.text(place))) place++;
    while (this.isName(place)) {
      const { names, end } = this.path(place);
      if (this.text(end) === '(' && access === 'read') return;
      place = this.text(end) === 'as' ? end + 1 : end;
      const alias = this.isName(place) && this.text(place) !== 'set' ? this.text(place++) : '';
      this.addTable(names, alias, access);
      if (this.text(place) !== ',') return;
      place++;
    }
  }

  /** `a.b.c`, and SQL Server's `a..c`. */
  private path(start: number): { readonly names: readonly string[]; readonly end: number } {
    const names = [this.text(start)];
    let end = start + 1;
    while (this.text(end) === '.' && end + 1 < this.tokens.length) {
      const is_empty = this.text(end + 1) === '.';
      if (!is_empty) names.push(this.text(end + 1));
      end += is_empty ? 1 : 2;
    }
    return { names, end };
  }

  private addTable(names: readonly string[], alias: string, access: TableUse['access']): void {
    const table = unquoted(names.at(-1) ?? '');
    if (names.length === 1 && (this.named_queries.has(table) || table === 'dual')) return;
    const use: TableUse = { schema: unquoted(names.at(-2) ?? ''), table, alias: unquoted(alias), access };
    if (this.tables.some((one) => one.table === use.table && one.schema === use.schema && one.alias === use.alias))
      return;
    this.tables.push(use);
  }

  /** `a.b = ?`, `a.b = c.d`, `a.b in (..)`, `a.b is null`. */
  private comparison(place: number): void {
    if (this.clause === '' || !this.isName(place) || this.text(place + 1) === '.') return;
    const operator = this.text(place + 1);
    const is_null = operator === 'is' && this.text(place + 2) === 'null';
    if (!(operator in operators) && !is_null) return;
    const other = place + 2;
    const right = isLiteral(this.tokens.kinds[other]) ? null : this.columnFrom(other);
    const is_value = isLiteral(this.tokens.kinds[other]) || this.text(other) === '(' || is_null;
    if (!is_value && !right) return;
    const left = this.columnTo(place);
    if (left) this.compared.push({ left, right, operator: is_null ? 'is_null' : operator, clause: this.clause });
  }

  private columnTo(place: number): ColumnUse | null {
    const qualifier = this.text(place - 1) === '.' ? this.text(place - 2) : '';
    const before = this.text(place - (qualifier === '' ? 1 : 3));
    if (!words_before_operand.has(before) && before !== '(') return null;
    return { table: unquoted(qualifier), column: unquoted(this.text(place)) };
  }

  private columnFrom(place: number): ColumnUse | null {
    if (!this.isName(place)) return null;
    if (this.text(place + 1) !== '.') {
      return this.text(place + 1) === '(' ? null : { table: '', column: unquoted(this.text(place)) };
    }
    return this.isName(place + 2)
      ? { table: unquoted(this.text(place)), column: unquoted(this.text(place + 2)) }
      : null;
  }

  private place(one: (typeof this.compared)[number]): void {
    const left = this.resolved(one.left);
    const right = one.right && this.resolved(one.right);
    if (right && one.operator === '=') this.joins.push({ left, right, kind: 'inner' });
    else {
      const operator = one.operator === 'is_null' ? 'is_null' : (operators[one.operator] ?? 'other');
      this.predicates.push({ ...left, operator, wrapped_in: '', clause: one.clause });
    }
  }

  private resolved({ table, column }: ColumnUse): ColumnUse {
    if (table === '') return { table: this.tables.length === 1 ? (this.tables[0]?.table ?? '') : '', column };
    const named = this.tables.find((one) => one.alias === table || one.table === table);
    return { table: named?.table ?? table, column };
  }
}

const unquoted = (name: string): string => (/^["`[]/.test(name) ? name.slice(1, -1) : name);
