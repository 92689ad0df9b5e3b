import type { PlanNode } from '@plumbline/contracts';
import { countText } from '../../advisors/evidence.js';
import { rowsPerExecution, scannedRows, tableName, type PlanRule } from './issue.js';

/** The inner side of a nested loop is gone through from end to end, without an index, for each of many outer rows. */
export const nested_loop: PlanRule = {
  kind: 'nested_loop',
  judge({ node }, facts) {
    const [outer, inner] = node.children;
    if (node.operator !== 'nested_loop' || !outer || !inner) return undefined;
    const scan = unindexedScan(inner);
    if (!scan) return undefined;
    const executions = inner.actual?.executions ?? rowsPerExecution(outer) ?? 0;
    const inner_rows = scannedRows(scan, facts);
    const compared_rows = executions * inner_rows;
    const { plan_min_inner_executions, plan_min_compared_rows } = facts.limits;
    if (executions < plan_min_inner_executions || compared_rows < plan_min_compared_rows) return undefined;
    return {
      sentence:
        `All ${countText(inner_rows)} rows of ${tableName(scan)} are gone through ${countText(executions)} times, ` +
        `${countText(compared_rows)} comparisons, because no index finds the matching ones.`,
      figures: { inner_executions: executions, inner_rows, compared_rows },
    };
  },
};

/** Nodes that hand on, row by row, what one scan below them gives. */
const pass_on: readonly PlanNode['operator'][] = ['materialize', 'subquery', 'exchange', 'result'];

function unindexedScan(inner: PlanNode): PlanNode | undefined {
  if (inner.operator === 'seq_scan') return inner.table === '' ? undefined : inner;
  const [only, ...others] = inner.children;
  return only && others.length === 0 && pass_on.includes(inner.operator) ? unindexedScan(only) : undefined;
}
