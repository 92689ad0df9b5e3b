import type { PredicateUse } from '@plumbline/contracts';
import { aggregate_names, call, constant, type Expression, type Query } from './query-tree.js';
import { listOf, nodeOf, taggedOf, textOf, type TreeNode } from './tree-node.js';

type ReadQuery = (node: unknown) => Query;
type Operator = PredicateUse['operator'];

/** One expression of libpg-query's tree. What we have no word for becomes a call of its parts. */
export function postgresqlExpression(node: unknown, readQuery: ReadQuery): Expression {
  return new ExpressionReader(readQuery).read(node);
}

const comparison_of: Readonly<Record<string, Operator>> = {
  '=': 'eq',
  '<>': 'not_eq',
  '<': 'range',
  '<=': 'range',
  '>': 'range',
  '>=': 'range',
};
const arithmetic = new Set(['+', '-', '*', '/', '%', '^', '||', '->', '->>', '#>', '#>>', '&', '|', '#', '<<', '>>']);
/** The SQL word for nodes that are no function call in the tree. */
const node_names: Readonly<Record<string, string>> = {
  CaseExpr: 'case',
  MinMaxExpr: 'greatest',
  CollateClause: 'collate',
};
/** Nodes that hold text only, such as a type's name. */
const no_expressions = new Set(['TypeName', 'String', 'RangeVar', 'Alias']);

class ExpressionReader {
  constructor(private readonly readQuery: ReadQuery) {}

  read(node: unknown): Expression {
    const tagged = taggedOf(node);
    if (!tagged) return call('', this.parts(node));
    const [tag, body] = tagged;
    switch (tag) {
      case 'ColumnRef':
        return column(body);
      case 'A_Const':
        return constantOf(body);
      case 'ParamRef':
        return constant;
      case 'A_Expr':
        return this.operator(body);
      case 'BoolExpr':
        return { kind: 'logic', negates: body['boolop'] === 'NOT_EXPR', args: this.list(body['args']) };
      case 'NullTest':
        return this.compare(body['nulltesttype'] === 'IS_NULL' ? 'is_null' : 'other', body['arg'], []);
      case 'BooleanTest':
        return this.compare('other', body['arg'], []);
      case 'FuncCall':
        return this.functionCall(body);
      case 'TypeCast':
        return this.cast(body);
      case 'SubLink':
        return this.subLink(body);
      case 'RowExpr':
        return { kind: 'row', args: this.list(body['args']) };
      case 'A_Indirection':
        return call('[]', [this.read(body['arg'])]);
      case 'CoalesceExpr':
        return call('coalesce', this.list(body['args']));
      case 'SelectStmt':
        return { kind: 'query', query: this.readQuery(node), is_exists: false };
      default:
        return no_expressions.has(tag) ? constant : call(node_names[tag] ?? tag.toLowerCase(), this.parts(body));
    }
  }

  private list(nodes: unknown): Expression[] {
    const one = taggedOf(nodes);
    if (one?.[0] === 'List') return this.list(one[1]['items']);
    return listOf(nodes).map((node) => this.read(node));
  }

  /** The expressions anywhere in a node that we do not know. */
  private parts(node: unknown): Expression[] {
    if (Array.isArray(node)) return node.map((one) => this.read(one));
    const body = nodeOf(node);
    if (!body) return [];
    return Object.values(body)
      .filter((value) => typeof value === 'object' && value !== null)
      .flatMap((value) => (taggedOf(value) ? [this.read(value)] : this.parts(value)));
  }

  private compare(operator: Operator, left: unknown, right: readonly Expression[]): Expression {
    return { kind: 'compare', operator, left: this.read(left), right };
  }

  private operator(body: TreeNode): Expression {
    const name = textOf(taggedOf(listOf(body['name']).at(-1))?.[1]['sval']);
    const left = body['lexpr'];
    const right = body['rexpr'];
    const plain = comparison_of[name];
    switch (body['kind']) {
      case 'AEXPR_OP':
        if (plain && left) return this.simple(plain, left, right);
        if (arithmetic.has(name) || !left)
          return call(
            name,
            [left, right].filter(Boolean).map((side) => this.read(side)),
          );
        return this.compare('other', left, [this.read(right)]);
      case 'AEXPR_IN':
        return this.compare(name === '=' ? 'in' : 'not_eq', left, this.list(right));
      case 'AEXPR_OP_ANY':
        return this.compare(name === '=' ? 'in' : 'other', left, [this.read(right)]);
      case 'AEXPR_LIKE':
        return this.like(name, left, right);
      case 'AEXPR_ILIKE':
        return this.compare(name.startsWith('!') ? 'other' : 'like', left, [this.read(right)]);
      case 'AEXPR_BETWEEN':
      case 'AEXPR_BETWEEN_SYM':
        return this.compare('range', left, this.list(right));
      case 'AEXPR_NULLIF':
        return call('nullif', [this.read(left), this.read(right)]);
      default:
        return this.compare('other', left, this.list(right).length > 0 ? this.list(right) : [this.read(right)]);
    }
  }

  /** The side with columns goes left, as an index would serve it. */
  private simple(operator: Operator, left: unknown, right: unknown): Expression {
    const [a, b] = [this.read(left), this.read(right)];
    return a.kind === 'constant' ? compareOf(operator, b, a) : compareOf(operator, a, b);
  }

  private like(name: string, left: unknown, right: unknown): Expression {
    const pattern = this.read(right);
    const like = pattern.kind === 'constant' && pattern.pattern === 'prefix' ? 'like_prefix' : 'like';
    return this.compare(name.startsWith('!') ? 'other' : like, left, [pattern]);
  }

  private functionCall(body: TreeNode): Expression {
    const name = textOf(taggedOf(listOf(body['funcname']).at(-1))?.[1]['sval']).toLowerCase();
    const parts = [body['args'], body['agg_order'], body['over']].flatMap((part) => this.parts(part));
    const filter = body['agg_filter'] ? [call('filter', [this.read(body['agg_filter'])])] : [];
    return call(name, [...parts, ...filter], aggregate_names.has(name) && !body['over']);
  }

  private cast(body: TreeNode): Expression {
    const inner = this.read(body['arg']);
    return inner.kind === 'constant' ? inner : call('cast', [inner]);
  }

  private subLink(body: TreeNode): Expression {
    const query = this.readQuery(body['subselect']);
    const inner: Expression = { kind: 'query', query, is_exists: body['subLinkType'] === 'EXISTS_SUBLINK' };
    if (!body['testexpr']) return inner;
    const name = textOf(taggedOf(listOf(body['operName']).at(-1))?.[1]['sval']);
    const operator = name === '' || (name === '=' && body['subLinkType'] === 'ANY_SUBLINK') ? 'in' : 'other';
    return this.compare(operator, body['testexpr'], [inner]);
  }
}

const compareOf = (operator: Operator, left: Expression, right: Expression): Expression => ({
  kind: 'compare',
  operator,
  left,
  right: [right],
});

function column(body: TreeNode): Expression {
  const fields = listOf(body['fields']).map(taggedOf);
  if (fields.some((field) => field?.[0] === 'A_Star')) return { kind: 'star' };
  const names = fields.map((field) => textOf(field?.[1]['sval']));
  return { kind: 'column', qualifier: names.slice(0, -1).slice(-2).join('.'), column: names.at(-1) ?? '' };
}

function constantOf(body: TreeNode): Expression {
  return { kind: 'constant', pattern: /^[^%_]+%/.test(textOf(nodeOf(body['sval'])?.['sval'])) ? 'prefix' : '' };
}
