import type { PlanNode, PlanOperator } from '@plumbline/contracts';
import { joined } from './plan-joins.js';
import { and, isObject, numberOf, objectsOf, textOf, type PlanObject } from './plan-json.js';
import { tableNode } from './plan-table.js';
import type { TableNames } from './table-names.js';

/** What the parts of one plan share. */
export interface BlockContext {
  readonly names: TableNames;
  readonly redact: (fragment: string) => string;
  /** The tree of what an object wraps; undefined when it wraps nothing known. */
  readonly wrapped: (object: PlanObject) => PlanNode | undefined;
}

/** Keys whose object wraps the rest of the plan in one step of its own. */
const steps: Readonly<Record<string, PlanOperator>> = {
  ordering_operation: 'sort',
  filesort: 'sort',
  grouping_operation: 'aggregate',
  duplicates_removal: 'aggregate',
  windowing: 'window',
  window_functions_computation: 'window',
  temporary_table: 'materialize',
  buffer_result: 'materialize',
  union_result: 'set_operation',
  recursive_union: 'set_operation',
};
/** Keys whose object only stands around the rest. */
const wrappers = [
  'query_block',
  'read_sorted_file',
  'expression_cache',
  'insert_from',
  'range-checked-for-each-record',
  'except_result',
  'intersect_result',
];
const subquery_lists = [
  'subqueries',
  'select_list_subqueries',
  'attached_subqueries',
  'having_subqueries',
  'order_by_subqueries',
  'group_by_subqueries',
  'update_value_subqueries',
  'insert_values_subqueries',
  'optimized_away_subqueries',
];

/** The tree of the first format: MySQL's `query_block` and MariaDB's, whose words differ and whose nesting does not. */
export function blockTree(query_block: PlanObject, names: TableNames, redact: (fragment: string) => string): PlanNode {
  // MariaDB writes `subquery#2`, which begins a comment anywhere else.
  const redacted = (fragment: string): string => redact(fragment.replaceAll('subquery#', 'subquery_'));
  const context: BlockContext = { names, redact: redacted, wrapped: (object) => wrapped(object, context) };
  return block(query_block, context);
}

export const emptyNode = (operator: PlanOperator, native_operator: string): PlanNode => ({
  ...{ operator, native_operator, schema: '', table: '', index: '', access_condition: '', filter_condition: '' },
  ...{ estimated_rows: null, estimated_width_bytes: null, startup_cost: null, total_cost: null, children: [] },
});

function block(object: PlanObject, context: BlockContext): PlanNode {
  const message = textOf(object['message']);
  const root = wrapped(object, context) ?? emptyNode('result', message === '' ? 'query_block' : message);
  const cost = isObject(object['cost_info']) ? object['cost_info']['query_cost'] : object['cost'];
  const conditions = [object['having_condition'], object['const_condition']].map(textOf).map(context.redact);
  return {
    ...root,
    total_cost: numberOf(cost) ?? root.total_cost,
    filter_condition: and([root.filter_condition, ...conditions]),
    children: [...root.children, ...subqueriesOf(object, context)],
  };
}

function subqueriesOf(object: PlanObject, context: BlockContext): PlanNode[] {
  return subquery_lists
    .flatMap((name) => objectsOf(object[name]))
    .map((subquery) => ({
      ...emptyNode('subquery', subquery['dependent'] === true ? 'dependent subquery' : 'subquery'),
      children: childOf(context.wrapped(subquery)),
    }));
}

const childOf = (node: PlanNode | undefined): readonly PlanNode[] => (node === undefined ? [] : [node]);

function wrapped(object: PlanObject, context: BlockContext): PlanNode | undefined {
  const loops = objectsOf(object['nested_loop']);
  if (loops.length > 0) return joined(loops, context);
  if (isObject(object['table'])) return withSubqueries(tableNode(object['table'], context), object, context);
  for (const [name, operator] of Object.entries(steps)) {
    const inner = object[name];
    if (isObject(inner)) return step(operator, name, inner, context);
  }
  for (const name of wrappers) {
    const inner = object[name];
    if (isObject(inner)) return name === 'query_block' ? block(inner, context) : context.wrapped(inner);
  }
  return undefined;
}

/** Subqueries of a condition stand beside the table whose rows they are run for. */
function withSubqueries(node: PlanNode, object: PlanObject, context: BlockContext): PlanNode {
  const table = isObject(object['table']) ? object['table'] : {};
  return { ...node, children: [...node.children, ...subqueriesOf(table, context)] };
}

/** A sort that the index already gives, or a group that needs none, is no step of its own. */
function step(operator: PlanOperator, name: string, inner: PlanObject, context: BlockContext): PlanNode {
  const specifications = objectsOf(inner['query_specifications']);
  const children =
    specifications.length > 0
      ? specifications.flatMap((specification) => childOf(context.wrapped(specification)))
      : childOf(context.wrapped(inner));
  const [only] = children;
  const rest = subqueriesOf(inner, context);
  if (operator === 'sort' && inner['using_filesort'] === false && only !== undefined) {
    return { ...only, children: [...only.children, ...rest] };
  }
  return {
    ...emptyNode(operator, name),
    access_condition: context.redact(textOf(inner['sort_key'])),
    estimated_rows: operator === 'sort' || operator === 'materialize' ? (only?.estimated_rows ?? null) : null,
    children: [...children, ...rest],
  };
}
