import type { PlanNode } from '@plumbline/contracts';
import { countText } from '../../advisors/evidence.js';
import { placedNodes, tableName, type PlanRule } from './issue.js';

/**
 * Partitions are read that could have been left out: rows are filtered, and yet (nearly) all partitions are read, or most
 * of those read gave no row. A plan that was never run says nothing where its engine does not tell how many there are.
 */
export const missing_pruning: PlanRule = {
  kind: 'missing_pruning',
  judge({ node }, { limits }) {
    const { partitions } = node;
    if (!partitions || partitions.read < limits.plan_min_partitions_read || !isFiltered(node)) return undefined;
    const { read, total } = partitions;
    const empty = emptyPartitions(node);
    const reads_all = total !== null && read / total >= limits.plan_min_partitions_read_share;
    const is_wasted = empty / read >= limits.plan_min_empty_partitions_share;
    if (!reads_all && !is_wasted) return undefined;
    const of_total = total === null ? '' : ` of ${countText(total)}`;
    const what = scannedTable(node);
    return {
      sentence:
        `${countText(read)}${of_total} partitions${what && ` of ${what}`} are read although rows are filtered` +
        (is_wasted ? `, and ${countText(empty)} of them gave none.` : '.'),
      figures: { partitions_read: read, ...(total === null ? {} : { partitions: total }), partitions_empty: empty },
    };
  },
};

const isFiltered = (node: PlanNode): boolean =>
  [...placedNodes(node)].some(({ node: below }) => below.filter_condition !== '' || isKeyed(below));

/** Only on a scan is an access condition one on rows; elsewhere it joins or sorts. */
const isKeyed = ({ table, access_condition }: PlanNode): boolean => table !== '' && access_condition !== '';

/** Where each partition is a child of its own and was run. */
const emptyPartitions = ({ operator, children }: PlanNode): number =>
  operator === 'append' ? children.filter(({ actual }) => actual?.rows === 0 && actual.executions !== 0).length : 0;

/** '' where each partition has a name of its own. */
const scannedTable = (node: PlanNode): string => (node.table === '' ? '' : tableName(node));
