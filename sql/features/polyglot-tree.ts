import type { Dialect, JoinUse } from '@plumbline/contracts';
import { nameOf, polyglotExpression } from './polyglot-expression.js';
import { empty_query, type Expression, type Query, type Relation, type SelectItem, type Table } from './query-tree.js';
import { listOf, nodeOf, taggedOf, textOf, type TreeNode } from './tree-node.js';

/** One statement of polyglot's tree as a `Query`; null when it is not a query or DML (also its opaque nodes). */
export function polyglotQuery(statement: unknown, dialect: Dialect): Query | null {
  return new QueryReader(dialect).read(statement);
}

class QueryReader {
  constructor(private readonly dialect: Dialect) {}

  read(node: unknown): Query | null {
    const [tag, body] = taggedOf(node) ?? ['', {}];
    switch (tag) {
      case 'select':
        return this.select(body);
      case 'union':
      case 'intersect':
      case 'except':
        return this.setOperation(body);
      case 'subquery':
      case 'paren':
        return this.wrapped(body);
      case 'values':
        return { ...empty_query, others: this.expressions(body['expressions']) };
      case 'insert':
        return this.insert(body);
      case 'multitable_inserts':
        return this.insertAll(body);
      case 'update':
        return this.update(body);
      case 'delete':
        return this.delete(body);
      case 'merge':
        return this.merge(body);
      default:
        return null;
    }
  }

  private readonly expression = (node: unknown): Expression => polyglotExpression(node, (inner) => this.read(inner));

  private expressions(nodes: unknown): Expression[] {
    return listOf(nodes).map(this.expression);
  }

  private optional(node: unknown): Expression | null {
    return nodeOf(node) ? this.expression(node) : null;
  }

  /** A clause of the form {this: expression}. */
  private clause(node: unknown): Expression | null {
    return this.optional(nodeOf(node)?.['this']);
  }

  private tail(body: TreeNode): Pick<Query, 'with' | 'order_by' | 'has_limit' | 'has_offset'> {
    return {
      with: this.namedQueries(body),
      order_by: listOf(nodeOf(body['order_by'])?.['expressions']).map((node) => {
        const sort = nodeOf(node) ?? {};
        return { expression: this.expression(sort['this']), descending: sort['desc'] === true };
      }),
      has_limit: ['limit', 'fetch', 'top'].some((field) => nodeOf(body[field]) !== null),
      has_offset: nodeOf(body['offset']) !== null,
    };
  }

  private select(body: TreeNode): Query {
    const connect = nodeOf(body['connect']) ?? {};
    return {
      ...empty_query,
      ...this.tail(body),
      from: this.relations(nodeOf(body['from'])?.['expressions'], body['joins']),
      select: listOf(body['expressions']).map((node) => this.selectItem(node)),
      where: this.clause(body['where_clause']),
      having: this.clause(body['having']),
      group_by: this.expressions(nodeOf(body['group_by'])?.['expressions']),
      others: [
        ...[connect['start'], connect['connect']].filter(Boolean).map(this.expression),
        ...[body['qualify']].filter(Boolean).map(this.expression),
      ],
    };
  }

  private selectItem(node: unknown): SelectItem {
    const [tag, body] = taggedOf(node) ?? ['', {}];
    if (tag === 'alias') return { expression: this.expression(body['this']), alias: nameOf(body['alias']) };
    return { expression: this.expression(node), alias: '' };
  }

  private setOperation(body: TreeNode): Query {
    const arms = [body['left'], body['right']].flatMap((side) => this.arms(side));
    return { ...empty_query, ...this.tail(body), arms };
  }

  private arms(node: unknown): Query[] {
    const query = this.read(node) ?? empty_query;
    const is_plain = query.with.length === 0 && query.order_by.length === 0 && !query.has_limit && !query.has_offset;
    return query.arms.length > 0 && is_plain ? [...query.arms] : [query];
  }

  /** Brackets around a query, with a tail of their own. */
  private wrapped(body: TreeNode): Query | null {
    const inner = this.read(body['this']);
    if (!inner) return null;
    const tail = this.tail(body);
    return {
      ...inner,
      with: [...tail.with, ...inner.with],
      order_by: tail.order_by.length > 0 ? tail.order_by : inner.order_by,
      has_limit: inner.has_limit || tail.has_limit,
      has_offset: inner.has_offset || tail.has_offset,
    };
  }

  private insert(body: TreeNode): Query {
    const query = this.read(body['query']) ?? empty_query;
    return {
      ...query,
      statement_class: 'insert',
      with: [...this.namedQueries(body), ...query.with],
      targets: [this.table(body['table'])],
      others: [...query.others, ...listOf(body['values']).flatMap((row) => this.expressions(row))],
    };
  }

  private insertAll(body: TreeNode): Query {
    const source = this.read(body['source']) ?? empty_query;
    const targets = listOf(body['expressions']).flatMap((node) => {
      const into = this.read(taggedOf(node)?.[1]['this']);
      return into ? [...into.targets] : [];
    });
    return { ...source, statement_class: 'insert', targets };
  }

  private update(body: TreeNode): Query {
    const first = { table: body['table'] };
    const tables = [first, ...listOf(body['extra_tables']).map((table) => ({ table }))];
    const from = nodeOf(body['from_clause'])?.['expressions'];
    const sources = this.relations(from, body['from_joins']);
    // `UPDATE x SET .. FROM t x`: the written table stands in FROM and is no second one.
    const target = this.table(body['table']);
    const names_source = sources.flatMap(tableNames).includes(target.table);
    return {
      ...empty_query,
      ...this.tail(body),
      statement_class: 'update',
      targets: [target],
      from: [...(names_source ? [] : this.relations(tables, body['table_joins'])), ...sources],
      where: this.clause(body['where_clause']),
      others: listOf(body['set']).flatMap((pair) => this.expressions(listOf(pair).slice(1))),
    };
  }

  private delete(body: TreeNode): Query {
    const alias = nameOf(body['alias']);
    const main = this.table(body['table']);
    const from: Relation[] = this.joined([{ ...main, alias: alias || main.alias }], body['joins']);
    const using = listOf(body['using']).map((node) => (taggedOf(node) ? this.relation(node) : this.table(node)));
    const named = listOf(body['tables']).map((node) => this.table(node));
    return {
      ...empty_query,
      ...this.tail(body),
      statement_class: 'delete',
      targets: named.length > 0 ? named : [{ ...main, alias: alias || main.alias }],
      from: [...from, ...using],
      where: this.clause(body['where_clause']),
    };
  }

  private merge(body: TreeNode): Query {
    const target = this.relation(body['this']);
    const on = this.optional(body['on']);
    const right = this.relation(body['using']);
    return {
      ...empty_query,
      statement_class: 'merge',
      with: this.namedQueries(body),
      targets: target.kind === 'table' ? [target] : [],
      from: [{ kind: 'join', join: 'left', left: target, right, on, using: [] }],
      others: nodeOf(body['whens']) ? [this.expression(body['whens'])] : [],
    };
  }

  private namedQueries(body: TreeNode): Query['with'] {
    const ctes = listOf((nodeOf(body['with']) ?? nodeOf(body['with_']))?.['ctes']);
    return ctes.map((node) => {
      const named = nodeOf(node) ?? {};
      return { name: nameOf(named['alias']), query: this.read(named['this']) ?? empty_query };
    });
  }

  private relations(nodes: unknown, joins: unknown): Relation[] {
    return this.joined(
      listOf(nodes).map((node) => this.relation(node)),
      joins,
    );
  }

  /** Joins apply to the relation before them; a comma after a join begins a new one. */
  private joined(relations: readonly Relation[], joins: unknown): Relation[] {
    const all = [...relations];
    for (const node of listOf(joins)) {
      const join = nodeOf(node) ?? {};
      const right = this.relation(join['this']);
      if (join['kind'] === 'Implicit') {
        all.push(right);
        continue;
      }
      const left = all.pop() ?? null;
      const on = this.optional(join['on']);
      const using = listOf(join['using']).map(nameOf);
      const has_condition = on !== null || using.length > 0;
      all.push({ kind: 'join', join: joinKind(textOf(join['kind']), has_condition), left, right, on, using });
    }
    return all;
  }

  private table(node: unknown): Table {
    const [tag, tagged] = taggedOf(node) ?? ['', {}];
    const body = tag === 'table' ? tagged : (nodeOf(node) ?? {});
    const schema = nameOf(body['schema']);
    const catalog = this.dialect === 'dremio' ? nameOf(body['catalog']) : '';
    return {
      kind: 'table',
      schema: catalog === '' ? schema : `${catalog}.${schema}`,
      table: nameOf(body['name']),
      alias: nameOf(body['alias']),
    };
  }

  private relation(node: unknown): Relation {
    const [tag, body] = taggedOf(node) ?? ['', {}];
    const alias = nameOf(body['alias']);
    switch (tag) {
      case 'table':
        return this.table(body);
      case 'paren':
        return this.relation(body['this']);
      case 'joined_table':
        return this.joined([this.relation(body['left'])], body['joins'])[0] ?? this.table(body);
      case 'pivot':
      case 'unpivot':
        return withAlias(this.relation(body['this']), alias);
      case 'alias':
        return withAlias(this.relation(body['this']), alias);
      case 'lateral':
      case 'subquery':
        return this.derived(body, alias);
      default: {
        const query = this.read(node);
        return query ? { kind: 'derived', alias, query } : { kind: 'rows', alias, args: [this.expression(node)] };
      }
    }
  }

  private derived(body: TreeNode, alias: string): Relation {
    const query = this.read({ subquery: body });
    if (query && !isRows(body['this'])) return { kind: 'derived', alias, query };
    const inner = taggedOf(body['this']);
    const is_relation = inner !== null && ['table', 'joined_table', 'paren'].includes(inner[0]);
    if (is_relation) return withAlias(this.relation(body['this']), alias);
    return { kind: 'rows', alias, args: [this.expression(body['this'])] };
  }
}

const isRows = (node: unknown): boolean => taggedOf(node)?.[0] === 'values';

const withAlias = (relation: Relation, alias: string): Relation =>
  alias === '' || relation.kind === 'join' ? relation : { ...relation, alias };

function tableNames(relation: Relation): string[] {
  if (relation.kind === 'join')
    return [...(relation.left ? tableNames(relation.left) : []), ...tableNames(relation.right)];
  return relation.kind === 'table' ? [relation.alias === '' ? relation.table : relation.alias] : [];
}

function joinKind(kind: string, has_condition: boolean): JoinUse['kind'] {
  const name = kind.toLowerCase().replace(/^natural(?=.)/, '');
  for (const known of ['left', 'right', 'full', 'semi'] as const) if (name.startsWith(known)) return known;
  if (name === 'outer') return 'full';
  if (name === 'natural') return 'inner';
  if (name.startsWith('cross')) return 'cross';
  return has_condition ? 'inner' : 'cross';
}
