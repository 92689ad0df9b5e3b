import type { PredicateUse } from '@plumbline/contracts';
import { aggregate_names, call, constant, type Expression, type Query } from './query-tree.js';
import { listOf, nodeOf, taggedOf, textOf, type TreeNode } from './tree-node.js';

type ReadQuery = (node: unknown) => Query | null;
type Operator = PredicateUse['operator'];

/** One expression of polyglot's tree. What we have no word for becomes a call of its parts. */
export function polyglotExpression(node: unknown, readQuery: ReadQuery): Expression {
  return new ExpressionReader(readQuery).read(node);
}

/** Nodes of the form {left, right} that compare. */
const comparison_of: Readonly<Record<string, Operator>> = {
  eq: 'eq',
  neq: 'not_eq',
  lt: 'range',
  lte: 'range',
  gt: 'range',
  gte: 'range',
  i_like: 'like',
  null_safe_eq: 'other',
  null_safe_neq: 'other',
  similar_to: 'other',
  array_contains_all: 'other',
  array_contained_by: 'other',
  array_overlaps: 'other',
  ts_match: 'other',
  glob: 'other',
  adjacent: 'other',
  extends_left: 'other',
  extends_right: 'other',
  j_s_o_n_b_contains: 'other',
  j_s_o_n_b_contains_all_top_keys: 'other',
  j_s_o_n_b_contains_any_top_keys: 'other',
  operator: 'other',
  overlaps: 'other',
};
const operator_names: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  neg: '-',
  mul: '*',
  div: '/',
  mod: '%',
  concat: '||',
  d_pipe: '||',
  bitwise_and: '&',
  bitwise_or: '|',
  bitwise_left_shift: '<<',
  bitwise_right_shift: '>>',
  subscript: '[]',
  try_cast: 'cast',
  safe_cast: 'cast',
  convert: 'cast',
  at_time_zone: 'timezone',
};
const wrappers = new Set(['paren', 'this', 'annotated', 'ordered', 'prior', 'where', 'having']);
const query_tags = new Set(['select', 'union', 'intersect', 'except', 'set_operation']);
const constants = new Set(['literal', 'boolean', 'null', 'parameter', 'placeholder', 'var', 'identifier', 'data_type']);

class ExpressionReader {
  constructor(private readonly readQuery: ReadQuery) {}

  read(node: unknown): Expression {
    const tagged = taggedOf(node);
    if (!tagged) return call('', this.parts(node));
    const [tag, body] = tagged;
    if (constants.has(tag)) return constantOf(tag, body);
    // A wrapper's body is either {this: node} or, for the tag `this`, the node itself.
    if (wrappers.has(tag)) return tag === 'this' ? this.read(body) : this.read(body['this']);
    const comparison = comparison_of[tag];
    if (comparison) return this.simple(comparison, body);
    if (query_tags.has(tag)) return this.query(node, false);
    return this.named(tag, body);
  }

  private named(tag: string, body: TreeNode): Expression {
    switch (tag) {
      case 'column':
        return column(body);
      case 'star':
        return { kind: 'star' };
      case 'pseudocolumn':
        return { kind: 'column', qualifier: '', column: textOf(body['kind']).toLowerCase() };
      case 'and':
      case 'or':
        return { kind: 'logic', negates: false, args: [this.read(body['left']), this.read(body['right'])] };
      case 'not':
        return { kind: 'logic', negates: true, args: [this.read(body['this'])] };
      case 'exists':
        return this.query(body['this'], true, body['not'] === true);
      case 'subquery':
        return this.query(body['this'], false);
      case 'tuple':
        return { kind: 'row', args: this.list(body['expressions']) };
      case 'alias':
        return this.read(body['this']);
      default:
        return this.predicate(tag, body) ?? this.calls(tag, body);
    }
  }

  private predicate(tag: string, body: TreeNode): Expression | null {
    switch (tag) {
      case 'in':
        return this.inList(body);
      case 'between':
        return this.compare(body['not'] ? 'other' : 'range', body['this'], [body['low'], body['high']]);
      case 'is_null':
        return this.compare(body['not'] ? 'other' : 'is_null', body['this'], []);
      case 'is_true':
      case 'is_false':
      case 'is_json':
        return this.compare('other', body['this'], []);
      case 'is':
        return this.compare('other', body['left'] ?? body['this'], []);
      case 'like':
        return this.like(body);
      case 'any':
        return this.compare(body['op'] === 'Eq' ? 'in' : 'other', body['this'], [body['subquery']]);
      case 'all':
        return this.compare('other', body['this'], [body['subquery']]);
      case 'regexp_like':
      case 'regexp_i_like':
        return this.compare('other', body['this'], [body['pattern'] ?? body['expression']]);
      default:
        return null;
    }
  }

  private calls(tag: string, body: TreeNode): Expression {
    if (tag === 'window_function') {
      const inner = this.read(body['this']);
      return call(inner.kind === 'call' ? inner.name : tag, [
        ...(inner.kind === 'call' ? inner.args : [inner]),
        ...this.parts(body['over']),
      ]);
    }
    const name = (operator_names[tag] ?? (textOf(body['name']) || textOf(body['original_name']) || tag)).toLowerCase();
    const parts = this.parts(body);
    if (name === 'cast' && parts.every((part) => part.kind === 'constant')) return constant;
    return call(name, parts, aggregate_names.has(name));
  }

  private list(nodes: unknown): Expression[] {
    return listOf(nodes).map((node) => this.read(node));
  }

  private parts(node: unknown): Expression[] {
    if (Array.isArray(node)) return node.flatMap((one) => (taggedOf(one) ? [this.read(one)] : this.parts(one)));
    const body = nodeOf(node);
    if (!body) return [];
    return Object.values(body).flatMap((value) => (taggedOf(value) ? [this.read(value)] : this.parts(value)));
  }

  private compare(operator: Operator, left: unknown, right: readonly unknown[]): Expression {
    const sides = right.filter((side) => side !== null && side !== undefined).map((side) => this.read(side));
    return { kind: 'compare', operator, left: this.read(left), right: sides };
  }

  private simple(operator: Operator, body: TreeNode): Expression {
    const [left, right] = [body['left'] ?? body['this'], body['right'] ?? body['expression']];
    // `x = ANY (..)` may come as a comparison with an ANY node.
    const [tag, any] = taggedOf(right) ?? ['', {}];
    if (tag === 'any' && nodeOf(any['this']) && any['subquery'] === undefined) {
      return this.compare(operator === 'eq' ? 'in' : 'other', left, [any['this']]);
    }
    const [a, b] = [this.read(left), this.read(right)];
    const is_turned = a.kind === 'constant' && operator !== 'other';
    return { kind: 'compare', operator, left: is_turned ? b : a, right: [is_turned ? a : b] };
  }

  private inList(body: TreeNode): Expression {
    const query = body['query'] ? [this.query(body['query'], false)] : [];
    const rest = [...this.list(body['expressions']), ...(nodeOf(body['unnest']) ? [this.read(body['unnest'])] : [])];
    const operator = body['not'] ? 'not_eq' : 'in';
    return { kind: 'compare', operator, left: this.read(body['this']), right: [...query, ...rest] };
  }

  private like(body: TreeNode): Expression {
    const pattern = this.read(body['right']);
    const is_prefix = pattern.kind === 'constant' && pattern.pattern === 'prefix';
    return {
      kind: 'compare',
      operator: is_prefix ? 'like_prefix' : 'like',
      left: this.read(body['left']),
      right: [pattern],
    };
  }

  private query(node: unknown, is_exists: boolean, negates = false): Expression {
    const query = this.readQuery(node);
    if (!query) return nodeOf(node) ? this.read(node) : constant;
    const expression: Expression = { kind: 'query', query, is_exists };
    return negates ? { kind: 'logic', negates, args: [expression] } : expression;
  }
}

export function nameOf(identifier: unknown): string {
  const node = nodeOf(identifier);
  return textOf(node ? node['name'] : identifier);
}

function column(body: TreeNode): Expression {
  const name = nameOf(body['name']);
  if (name === '*') return { kind: 'star' };
  return { kind: 'column', qualifier: nameOf(body['table']), column: name };
}

function constantOf(tag: string, body: TreeNode): Expression {
  return { kind: 'constant', pattern: tag === 'literal' && /^[^%_]+%/.test(textOf(body['value'])) ? 'prefix' : '' };
}
