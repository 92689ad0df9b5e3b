import type { JoinUse } from '@plumbline/contracts';
import { postgresqlExpression } from './postgresql-expression.js';
import { empty_query, type Expression, type Query, type Relation, type SelectItem, type Table } from './query-tree.js';
import { listOf, nodeOf, taggedOf, textOf, type TreeNode } from './tree-node.js';

/** One statement of libpg-query's parse tree as a `Query`; null when it is not SELECT, VALUES or DML. */
export function postgresqlQuery(statement: unknown): Query | null {
  const tagged = taggedOf(statement);
  if (!tagged) return null;
  const [tag, body] = tagged;
  switch (tag) {
    case 'SelectStmt':
      return select(body);
    case 'InsertStmt':
      return insert(body);
    case 'UpdateStmt':
      return {
        ...written(body, 'update'),
        from: [table(body['relation']), ...relations(body['fromClause'])],
        where: optional(body['whereClause']),
        others: targets(body['targetList']).map((item) => item.expression),
      };
    case 'DeleteStmt':
      return {
        ...written(body, 'delete'),
        from: [table(body['relation']), ...relations(body['usingClause'])],
        where: optional(body['whereClause']),
      };
    case 'MergeStmt':
      return merge(body);
    default:
      return null;
  }
}

const expression = (node: unknown): Expression => postgresqlExpression(node, queryOrEmpty);
const queryOrEmpty = (node: unknown): Query => postgresqlQuery(node) ?? empty_query;
const optional = (node: unknown): Expression | null => (nodeOf(node) ? expression(node) : null);
const expressions = (nodes: unknown): Expression[] => listOf(nodes).map(expression);

function select(body: TreeNode): Query {
  const tail = {
    with: namedQueries(body),
    order_by: listOf(body['sortClause']).flatMap(sortItem),
    has_limit: nodeOf(body['limitCount']) !== null,
    has_offset: nodeOf(body['limitOffset']) !== null,
  };
  const left = nodeOf(body['larg']);
  const right = nodeOf(body['rarg']);
  if (left && right) return { ...empty_query, ...tail, arms: [...arms(left), ...arms(right)] };
  return {
    ...empty_query,
    ...tail,
    from: relations(body['fromClause']),
    select: targets(body['targetList']),
    where: optional(body['whereClause']),
    having: optional(body['havingClause']),
    group_by: expressions(body['groupClause']),
    others: [...expressions(body['valuesLists']), ...expressions(body['windowClause'])],
  };
}

/** `a UNION b UNION c` is a tree of pairs; an arm with its own WITH, ORDER BY or LIMIT stays whole. */
function arms(body: TreeNode): Query[] {
  const query = select(body);
  const is_plain = query.with.length === 0 && query.order_by.length === 0 && !query.has_limit && !query.has_offset;
  return query.arms.length > 0 && is_plain ? [...query.arms] : [query];
}

function insert(body: TreeNode): Query {
  const source = nodeOf(body['selectStmt']);
  const query = source ? queryOrEmpty(source) : empty_query;
  const conflict = nodeOf(body['onConflictClause']);
  return {
    ...query,
    statement_class: 'insert',
    targets: [table(body['relation'])],
    with: [...namedQueries(body), ...query.with],
    others: [
      ...query.others,
      ...targets(conflict?.['targetList']).map((item) => item.expression),
      ...(conflict?.['whereClause'] ? [expression(conflict['whereClause'])] : []),
    ],
  };
}

function merge(body: TreeNode): Query {
  const whens = listOf(body['mergeWhenClauses']).map((node) => taggedOf(node)?.[1] ?? {});
  const join: Relation = {
    kind: 'join',
    join: 'left',
    left: table(body['relation']),
    right: relation(body['sourceRelation']),
    on: optional(body['joinCondition']),
    using: [],
  };
  return {
    ...written(body, 'merge'),
    from: [join],
    others: whens.flatMap((when) => [
      ...targets(when['targetList']).map((item) => item.expression),
      ...expressions(when['values']),
      ...(when['condition'] ? [expression(when['condition'])] : []),
    ]),
  };
}

const written = (body: TreeNode, statement_class: Query['statement_class']): Query => ({
  ...empty_query,
  statement_class,
  with: namedQueries(body),
  targets: [table(body['relation'])],
});

function namedQueries(body: TreeNode): Query['with'] {
  return listOf(nodeOf(body['withClause'])?.['ctes']).flatMap((node) => {
    const named = taggedOf(node)?.[1];
    return named ? [{ name: textOf(named['ctename']), query: queryOrEmpty(named['ctequery']) }] : [];
  });
}

function targets(nodes: unknown): SelectItem[] {
  return listOf(nodes).flatMap((node) => {
    const target = taggedOf(node)?.[1];
    return target?.['val'] ? [{ expression: expression(target['val']), alias: textOf(target['name']) }] : [];
  });
}

function sortItem(node: unknown): Query['order_by'] {
  const sort = taggedOf(node)?.[1];
  if (!sort) return [];
  return [{ expression: expression(sort['node']), descending: sort['sortby_dir'] === 'SORTBY_DESC' }];
}

const relations = (nodes: unknown): Relation[] => listOf(nodes).map(relation);

function table(node: unknown): Table {
  const body = nodeOf(node) ?? {};
  return {
    kind: 'table',
    schema: textOf(body['schemaname']),
    table: textOf(body['relname']),
    alias: textOf(nodeOf(body['alias'])?.['aliasname']),
  };
}

function relation(node: unknown): Relation {
  const [tag, body] = taggedOf(node) ?? ['', {}];
  const alias = textOf(nodeOf(body['alias'])?.['aliasname']);
  switch (tag) {
    case 'RangeVar':
      return table(body);
    case 'JoinExpr':
      return join(body);
    case 'RangeSubselect':
      return derived(alias, body['subquery']);
    case 'RangeTableSample':
      return relation(body['relation']);
    default:
      return { kind: 'rows', alias, args: [expression(node)] };
  }
}

/** `(VALUES ..) AS v` gives rows, it queries nothing. */
function derived(alias: string, node: unknown): Relation {
  const rows = taggedOf(node)?.[1]['valuesLists'];
  if (rows) return { kind: 'rows', alias, args: expressions(rows) };
  return { kind: 'derived', alias, query: queryOrEmpty(node) };
}

const join_kinds: Readonly<Record<string, JoinUse['kind']>> = {
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
};

function join(body: TreeNode): Relation {
  const on = optional(body['quals']);
  const using = listOf(body['usingClause']).map((node) => textOf(taggedOf(node)?.[1]['sval']));
  const bare = on === null && using.length === 0 && body['isNatural'] !== true;
  return {
    kind: 'join',
    join: join_kinds[textOf(body['jointype'])] ?? (bare ? 'cross' : 'inner'),
    left: relation(body['larg']),
    right: relation(body['rarg']),
    on,
    using,
  };
}
