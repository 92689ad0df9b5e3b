import type { PlanNode } from '@plumbline/contracts';
import { countText } from '../../advisors/evidence.js';
import { rowsText, tableName, type PlacedNode, type PlanRule } from './issue.js';

/** Where the planner's row count first goes wrong: nodes above that only carry the error on are not told again. */
export const misestimate: PlanRule = {
  kind: 'misestimate',
  judge(place, { limits }) {
    const { node } = place;
    const error = errorOf(node);
    if (!error || error.q_error < limits.plan_min_q_error) return undefined;
    const { expected_rows, counted_rows, q_error, executions } = error;
    if (Math.max(expected_rows, counted_rows) * executions < limits.plan_min_misestimated_rows) return undefined;
    if (counted_rows < expected_rows && mayStopEarly(place)) return undefined;
    if (node.children.some((child) => isInherited(error, errorOf(child)))) return undefined;
    return {
      sentence:
        `${node.table === '' ? node.native_operator : tableName(node)} gave ${rowsText(counted_rows)} where ` +
        `${countText(expected_rows)} were expected, ${countText(q_error)} times ` +
        (counted_rows > expected_rows ? 'more.' : 'fewer.'),
      figures: { expected_rows, counted_rows, q_error },
    };
  },
};

interface RowError {
  readonly expected_rows: number;
  /** Per execution, as the planner counts. */
  readonly counted_rows: number;
  readonly executions: number;
  /** The larger over the smaller, none counted below one row. */
  readonly q_error: number;
}

function errorOf({ actual, estimated_rows }: PlanNode): RowError | undefined {
  if (typeof actual?.rows !== 'number' || !actual.executions || estimated_rows === null) return undefined;
  const counted_rows = actual.rows / actual.executions;
  const [least, most] = [Math.max(1, estimated_rows), Math.max(1, counted_rows)].sort((one, other) => one - other);
  const q_error = (most ?? 1) / (least ?? 1);
  return { expected_rows: estimated_rows, counted_rows, executions: actual.executions, q_error };
}

/** Below a LIMIT, a merge or a lookup for "is there any", rows are no longer fetched once enough are there. */
const stopping: readonly PlanNode['operator'][] = ['limit', 'merge_join', 'nested_loop'];
const mayStopEarly = ({ above }: PlacedNode): boolean => above.some((node) => stopping.includes(node.operator));

/** The child errs the same way, and half as much by orders of magnitude: then the error was there before this node. */
function isInherited(error: RowError, below: RowError | undefined): boolean {
  if (!below || below.q_error < Math.sqrt(error.q_error)) return false;
  return error.counted_rows > error.expected_rows === below.counted_rows > below.expected_rows;
}
