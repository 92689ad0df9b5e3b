import type { PlanNode } from '@plumbline/contracts';
import { countText, percentText } from '../../advisors/evidence.js';
import { rowsPerExecution, scannedRows, tableName, type PlanRule } from './issue.js';

/** A large table is read in full, most of what is read is thrown away, and that is a large part of the plan's price. */
export const full_scan: PlanRule = {
  kind: 'full_scan',
  judge({ node }, facts) {
    if (node.operator !== 'seq_scan' || node.table === '') return undefined;
    const { root, limits } = facts;
    const scanned_rows = scannedRows(node, facts);
    const kept_rows = rowsPerExecution(node);
    const price = priceOf(node, root);
    if (kept_rows === null || !price || scanned_rows < limits.plan_min_scanned_rows) return undefined;
    if (kept_rows / scanned_rows > limits.plan_max_kept_share || price.share < limits.plan_min_scan_share) {
      return undefined;
    }
    return {
      sentence:
        `${tableName(node)} is read in full, ${countText(scanned_rows)} rows, to keep ${countText(kept_rows)} of them; ` +
        `that is ${percentText(price.share)} of the plan’s ${price.unit}.`,
      figures: { scanned_rows, kept_rows, share_of_plan: price.share },
    };
  },
};

interface Price {
  readonly unit: 'time' | 'cost';
  /** Of the whole plan. Workers side by side count at most as all of it. */
  readonly share: number;
}

/** By the time that was measured; by the planner's cost where none was. */
function priceOf(node: PlanNode, root: PlanNode): Price | undefined {
  const time = ratio(node.actual?.time_us, root.actual?.time_us);
  if (time !== undefined) return { unit: 'time', share: time };
  const cost = ratio(node.total_cost, root.total_cost);
  return cost === undefined ? undefined : { unit: 'cost', share: cost };
}

const ratio = (part: number | null | undefined, whole: number | null | undefined): number | undefined =>
  typeof part === 'number' && whole ? Math.min(1, part / whole) : undefined;
