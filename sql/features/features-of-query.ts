import type { ColumnUse, Features, FeatureSource, JoinUse, PredicateUse, TableUse } from '@plumbline/contracts';
import {
  negated,
  type Expression,
  type Query,
  type Relation,
  type SelectItem,
  type SortItem,
  type Table,
} from './query-tree.js';
import { addRelation, Scope, tableUse, type Traced } from './scope.js';

/** Tells the features of one statement from its tree. The same rules for every dialect. */
export function featuresOfQuery(query: Query, feature_source: FeatureSource): Features {
  const reader = new QueryReader();
  reader.read(query, null, false);
  return {
    statement_class: query.statement_class,
    tables: distinct(reader.tables),
    predicates: distinct(reader.predicates),
    joins: distinct(reader.joins),
    group_by: distinct(reader.group_by),
    order_by: distinct(reader.order_by),
    selects_star: reader.selects_star,
    has_limit: reader.has_limit,
    has_offset: reader.has_offset,
    subqueries: reader.subqueries,
    set_operations: reader.set_operations,
    has_aggregate: reader.has_aggregate,
    feature_source,
  };
}

type Clause = PredicateUse['clause'];
/** Names that look like tables and columns and are none. */
const pseudo_tables = new Set(['dual']);
const pseudo_columns = new Set(['rownum', 'level', 'rowid']);
const not_sargable: PredicateUse['operator'] = 'other';

class QueryReader {
  readonly tables: TableUse[] = [];
  readonly predicates: PredicateUse[] = [];
  readonly joins: JoinUse[] = [];
  group_by: ColumnUse[] = [];
  order_by: (ColumnUse & { descending: boolean })[] = [];
  selects_star = false;
  has_limit = false;
  has_offset = false;
  subqueries = 0;
  set_operations = 0;
  has_aggregate = false;

  read(query: Query, parent: Scope | null, is_exists: boolean): void {
    const scope = new Scope(parent);
    this.has_limit ||= query.has_limit;
    this.has_offset ||= query.has_offset;
    for (const named of query.with) scope.addNamedQuery(named.name, named.query);
    this.readRelations(query, scope);
    this.readOrder(query, scope);
    for (const named of query.with) this.subquery(named.query, scope, false);
    this.readArms(query, scope);
    if (!is_exists && query.select.some((item) => item.expression.kind === 'star')) this.selects_star = true;
    for (const item of query.select) this.visit(item.expression, scope);
    for (const expression of query.others) this.visit(expression, scope);
    for (const relation of query.from) this.readJoin(relation, scope);
    if (query.where) this.condition(query.where, scope, 'where', 'inner', false);
    if (query.having) this.condition(query.having, scope, 'having', 'inner', false);
    for (const expression of query.group_by) this.visit(expression, scope);
    for (const item of query.order_by) this.visit(item.expression, scope);
  }

  private subquery(query: Query, scope: Scope, is_exists: boolean): void {
    this.subqueries++;
    this.read(query, scope, is_exists);
  }

  private readArms(query: Query, scope: Scope): void {
    if (query.arms.length === 0) return;
    this.set_operations += query.arms.length - 1;
    for (const arm of query.arms) this.read(arm, scope, false);
  }

  private readRelations(query: Query, scope: Scope): void {
    for (const relation of query.from) addRelation(scope, relation);
    const written = query.targets.map((target) => this.target(target, query.from));
    const aliases = new Set(written.map((table) => `${table.alias} ${table.table}`));
    for (const table of written) {
      this.tables.push(tableUse(table, 'write'));
      // INSERT's own table cannot be named by the query it takes its rows from.
      const is_visible = query.statement_class !== 'insert' && !scope.hasName(table.alias || table.table);
      if (is_visible) scope.addTable(table);
    }
    for (const table of query.from.flatMap(tablesIn)) {
      const named_query = table.schema === '' && scope.namedQuery(table.table);
      if (named_query || pseudo_tables.has(table.table) || aliases.has(`${table.alias} ${table.table}`)) continue;
      this.tables.push(tableUse(table, 'read'));
    }
  }

  /** `UPDATE x .. FROM t x` and `DELETE a FROM t a` name the written table by its alias. */
  private target(target: Table, from: readonly Relation[]): Table {
    if (target.schema !== '' || target.alias !== '') return target;
    return from.flatMap(tablesIn).find((table) => table.alias === target.table) ?? target;
  }

  private readOrder(query: Query, scope: Scope): void {
    if (this.group_by.length === 0) {
      this.group_by = query.group_by.flatMap((expression) => this.outputColumns(expression, query, scope));
    }
    if (this.order_by.length === 0) {
      this.order_by = query.order_by.flatMap(({ expression, descending }: SortItem) =>
        this.outputColumns(expression, query, scope).map((column) => ({ ...column, descending })),
      );
    }
    if (query.group_by.length > 0) this.has_aggregate = true;
  }

  /** The bare column behind a GROUP BY or ORDER BY item or select alias; `ORDER BY 2` has lost its number. */
  private outputColumns(expression: Expression, query: Query, scope: Scope): ColumnUse[] {
    const item =
      expression.kind === 'column' && expression.qualifier === ''
        ? query.select.find((one) => outputName(one) === expression.column)
        : undefined;
    const column = item ? item.expression : expression;
    if (column.kind !== 'column' || pseudo_columns.has(column.column)) return [];
    const traced = scope.trace(column.qualifier, column.column);
    return traced ? [bare(traced)] : [];
  }

  private readJoin(relation: Relation, scope: Scope): void {
    if (relation.kind === 'derived') return this.subquery(relation.query, scope, false);
    if (relation.kind === 'rows') return relation.args.forEach((argument) => this.visit(argument, scope));
    if (relation.kind !== 'join') return;
    if (relation.left) this.readJoin(relation.left, scope);
    this.readJoin(relation.right, scope);
    if (relation.on) this.condition(relation.on, scope, 'on', relation.join, false);
    for (const column of relation.using) this.usingColumn(relation, column);
  }

  private usingColumn(relation: Extract<Relation, { kind: 'join' }>, column: string): void {
    const right = tablesIn(relation.right)[0];
    const lefts = relation.left ? tablesIn(relation.left) : [];
    const left = lefts[lefts.length - 1];
    if (!left || !right) return;
    this.joins.push({
      left: { table: left.table, column },
      right: { table: right.table, column },
      kind: relation.join,
    });
  }

  private condition(expression: Expression, scope: Scope, clause: Clause, join: JoinUse['kind'], not: boolean): void {
    if (expression.kind === 'logic') {
      for (const arg of expression.args) this.condition(arg, scope, clause, join, not !== expression.negates);
    } else if (expression.kind === 'compare') this.comparison(expression, scope, clause, join, not);
    else this.visit(expression, scope);
  }

  private comparison(
    compare: Extract<Expression, { kind: 'compare' }>,
    scope: Scope,
    clause: Clause,
    join: JoinUse['kind'],
    not: boolean,
  ): void {
    const operator = not ? negated(compare.operator) : compare.operator;
    const right = compare.right[0];
    if (compare.left.kind === 'row') {
      this.rowComparison(compare.left.args, right, operator, scope, clause, join);
    } else if (!right || !this.joinEdge(compare.left, right, operator, scope, join)) {
      this.predicate(compare.left, operator, scope, clause);
      for (const side of compare.right) this.predicate(side, flipped(operator), scope, clause);
    }
    this.visit(compare.left, scope);
    for (const side of compare.right) this.visit(side, scope);
  }

  private rowComparison(
    lefts: readonly Expression[],
    right: Expression | undefined,
    operator: PredicateUse['operator'],
    scope: Scope,
    clause: Clause,
    join: JoinUse['kind'],
  ): void {
    lefts.forEach((left, place) => {
      const other = right?.kind === 'row' ? right.args[place] : undefined;
      if (other && this.joinEdge(left, other, operator, scope, join)) return;
      this.predicate(left, operator, scope, clause);
    });
  }

  /** True when the comparison joins two relations, so that neither side is a filter. */
  private joinEdge(
    left: Expression,
    right: Expression,
    operator: PredicateUse['operator'],
    scope: Scope,
    kind: JoinUse['kind'],
  ): boolean {
    if (left.kind !== 'column') return false;
    const a = scope.trace(left.qualifier, left.column);
    if (!a) return false;
    if (right.kind === 'query' && operator === 'in') return this.semiJoin(a, right.query, scope);
    if (right.kind !== 'column' || operator !== 'eq') return false;
    const b = scope.trace(right.qualifier, right.column);
    if (!b || (left.qualifier === right.qualifier && a.table === b.table && a.table !== '')) return false;
    this.joins.push({ left: bare(a), right: bare(b), kind: a.scope === b.scope ? kind : 'semi' });
    return true;
  }

  /** `x IN (SELECT y ..)`: an edge, and still a predicate on x. */
  private semiJoin(left: Traced, query: Query, scope: Scope): false {
    const item = query.select[0]?.expression;
    if (item?.kind !== 'column') return false;
    const inner = new Scope(scope);
    for (const named of query.with) inner.addNamedQuery(named.name, named.query);
    for (const relation of query.from) addRelation(inner, relation);
    const right = inner.trace(item.qualifier, item.column);
    if (right) this.joins.push({ left: bare(left), right: bare(right), kind: 'semi' });
    return false;
  }

  private predicate(side: Expression, operator: PredicateUse['operator'], scope: Scope, clause: Clause): void {
    const wrapped_in = side.kind === 'call' && !side.aggregates ? side.name : '';
    for (const column of columnsIn(side)) {
      if (pseudo_columns.has(column.column)) {
        if (column.column === 'rownum') this.has_limit = true;
        continue;
      }
      const traced = scope.trace(column.qualifier, column.column);
      if (traced) this.predicates.push({ ...bare(traced), operator, wrapped_in, clause });
    }
  }

  /** Looks for queries and aggregates inside any expression. */
  private visit(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case 'query':
        return this.subquery(expression.query, scope, expression.is_exists);
      case 'call':
        if (expression.aggregates) this.has_aggregate = true;
        return expression.args.forEach((arg) => this.visit(arg, scope));
      case 'logic':
      case 'row':
        return expression.args.forEach((arg) => this.visit(arg, scope));
      case 'compare':
        this.visit(expression.left, scope);
        return expression.right.forEach((arg) => this.visit(arg, scope));
    }
  }
}

const outputName = ({ expression, alias }: SelectItem): string =>
  alias === '' && expression.kind === 'column' ? expression.column : alias;

const bare = ({ table, column }: ColumnUse): ColumnUse => ({ table, column });

/** The operator as the right side sees it: a pattern or a list on the left is nothing an index on the right serves. */
const flipped = (operator: PredicateUse['operator']): PredicateUse['operator'] =>
  operator === 'like' || operator === 'like_prefix' || operator === 'in' ? not_sargable : operator;

function tablesIn(relation: Relation): Table[] {
  if (relation.kind === 'table') return [relation];
  if (relation.kind !== 'join') return [];
  return [...(relation.left ? tablesIn(relation.left) : []), ...tablesIn(relation.right)];
}

/** The columns that an expression computes with; those of inner queries and of aggregates are not compared themselves. */
function columnsIn(expression: Expression): Extract<Expression, { kind: 'column' }>[] {
  if (expression.kind === 'column') return [expression];
  if (expression.kind === 'row') return expression.args.flatMap(columnsIn);
  if (expression.kind === 'call' && !expression.aggregates) return expression.args.flatMap(columnsIn);
  return [];
}

function distinct<Item>(items: readonly Item[]): Item[] {
  const seen = new Map<string, Item>();
  for (const item of items) {
    const key = JSON.stringify(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}
