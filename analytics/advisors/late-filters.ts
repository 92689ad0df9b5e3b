import type { Features, PlanNode, PredicateUse } from '@plumbline/contracts';
import { rowsPerExecution } from '../plan/issues/issue.js';
import { isSameName } from './dataset-path.js';
import { planNodes } from './plan-scans.js';

/** A filter of the query that its plan applies only above rows that were folded or joined for nothing. */
export interface LateFilter {
  readonly node: PlanNode;
  readonly above: 'aggregate' | 'join';
  readonly predicate: PredicateUse;
  /** What goes into the fold, or the larger side of the join; and what the filter leaves. */
  readonly rows_in: number;
  readonly rows_out: number;
}

const joins: readonly PlanNode['operator'][] = ['nested_loop', 'hash_join', 'merge_join'];
/** They hand on what they get, row by row: a filter above one is one above what is below it. */
const pass_on: readonly PlanNode['operator'][] = ['subquery', 'result', 'materialize', 'exchange', 'sort', 'other'];

/** Every such filter of the plan. What keeps a filter above by right, an outer join or a ROLLUP, gives none. */
export function lateFilters(plan: PlanNode, template: string, features: Features): readonly LateFilter[] {
  return [...planNodes(plan)].flatMap((node) => {
    const below = node.filter_condition === '' || node.table !== '' ? undefined : filteredNode(node);
    if (!below) return [];
    const found =
      below.operator === 'aggregate' ? ofFold(node, below, template, features) : ofJoin(node, below, features);
    return found ? [found] : [];
  });
}

/** The fold or join that a node's filter stands on. A LIMIT or a window between them ends the search. */
function filteredNode(node: PlanNode): PlanNode | undefined {
  if (node.operator === 'aggregate' || joins.includes(node.operator)) return node;
  const [only, ...others] = node.children;
  return only && others.length === 0 && pass_on.includes(node.operator) ? filteredNode(only) : undefined;
}

/** A condition on a grouped column leaves whole groups out: their rows need not be folded at all. */
function ofFold(node: PlanNode, fold: PlanNode, template: string, features: Features): LateFilter | undefined {
  // With subtotals a group is more than its rows, and a condition on its column is one on the subtotal.
  if (/\b(?:rollup|cube|grouping\s+sets)\b/i.test(template)) return undefined;
  const predicate = features.predicates.find(
    (one) =>
      one.clause !== 'on' &&
      isPlain(one) &&
      features.group_by.some(({ column }) => isSameName(column, one.column)) &&
      standsAlone(node.filter_condition, one.column) &&
      !isAppliedBelow(fold, one.column),
  );
  const rows_in = Math.max(0, ...fold.children.map((child) => rowsPerExecution(child) ?? 0));
  return predicate && { node, above: 'aggregate', predicate, rows_in, rows_out: rowsPerExecution(node) ?? 0 };
}

/** A condition on one side alone, above an inner join: that side could be made smaller before. */
function ofJoin(node: PlanNode, join: PlanNode, features: Features): LateFilter | undefined {
  const condition = node.filter_condition;
  if (features.joins.some(({ kind }) => kind !== 'inner')) return undefined;
  const joined = features.joins.flatMap(({ left, right }) => [left.column, right.column]);
  if (joined.some((column) => isNamedIn(condition, column))) return undefined;
  const predicate = features.predicates.find(
    (one) =>
      one.clause === 'where' && isPlain(one) && standsAlone(condition, one.column) && !isAppliedBelow(join, one.column),
  );
  const rows_in = Math.max(0, ...join.children.map((child) => rowsPerExecution(child) ?? 0));
  return predicate && { node, above: 'join', predicate, rows_in, rows_out: rowsPerExecution(node) ?? 0 };
}

const narrowing: readonly PredicateUse['operator'][] = ['eq', 'in', 'range', 'like_prefix'];
const isPlain = ({ operator, wrapped_in }: PredicateUse): boolean => wrapped_in === '' && narrowing.includes(operator);

const isNamedIn = (condition: string, column: string): boolean =>
  new RegExp(`(?<![\\w$])${column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$(])`, 'i').test(condition);

const aggregate_call = /\b(?:sum|count|avg|min|max|every|any_value|stddev\w*|var\w*|\w+_agg)\s*\(/i;

/** One of the conditions that all must hold is on this column, and on nothing that is folded. */
function standsAlone(condition: string, column: string): boolean {
  if (/\bor\b/i.test(condition)) return false;
  return condition.split(/\band\b/i).some((part) => isNamedIn(part, column) && !aggregate_call.test(part));
}

/** The planner did push it down and only checks again. */
const isAppliedBelow = (node: PlanNode, column: string): boolean =>
  node.children.some((child) =>
    [...planNodes(child)].some(
      ({ table, filter_condition, access_condition }) =>
        table !== '' && (isNamedIn(filter_condition, column) || isNamedIn(access_condition, column)),
    ),
  );

const one_condition =
  /^([\s\S]*?)\s+group\s+by\s+([\s\S]*?)\s+having\s+([\s\S]*?)(\s+(?:order\s+by|limit)\s[\s\S]*)?$/i;

/**
 * The statement with its HAVING as part of WHERE, where it holds nothing but that one condition and nothing is nested;
 * else the statement with a remark.
 */
export function filteredEarly(template: string, { predicate, above }: LateFilter, features: Features): string {
  const [, head = '', groups = '', condition = '', rest = ''] = one_condition.exec(template) ?? [];
  const is_one =
    condition !== '' && !/\b(?:and|or|having|select)\b/i.test(condition) && !aggregate_call.test(condition);
  const [before = '', where, ...more] = head.split(/\s+where\s+/i);
  if (!is_one || features.subqueries > 0 || more.length > 0 || above !== 'aggregate') {
    return `${template} /* ${predicate.column} filtered where its table is read */`;
  }
  const wanted = where === undefined ? condition : `(${where}) and ${condition}`;
  return `${before} where ${wanted} group by ${groups}${rest}`;
}
