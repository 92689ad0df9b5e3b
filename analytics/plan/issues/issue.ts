import type { PlanIssue, PlanNode } from '@plumbline/contracts';
import { countText } from '../../advisors/evidence.js';
import type { AnalyticsSettings } from '../../settings.js';

/** A node with what surrounds it. */
export interface PlacedNode {
  readonly node: PlanNode;
  readonly path: readonly number[];
  /** From the root down to the node's parent. */
  readonly above: readonly PlanNode[];
}

export interface PlanFacts {
  readonly root: PlanNode;
  readonly limits: AnalyticsSettings;
  /** Rows of a table; undefined when no snapshot knows it. */
  rows_of(schema: string, table: string): number | undefined;
}

/** What one rule says of one node: nothing, or what is wrong and the figures it was judged by. */
export type Verdict = Pick<PlanIssue, 'sentence' | 'figures'> | undefined;
export interface PlanRule {
  readonly kind: PlanIssue['kind'];
  judge(place: PlacedNode, facts: PlanFacts): Verdict;
}

export function* placedNodes(
  node: PlanNode,
  path: readonly number[] = [],
  above: readonly PlanNode[] = [],
): Generator<PlacedNode> {
  yield { node, path, above };
  for (const [place, child] of node.children.entries()) {
    yield* placedNodes(child, [...path, place], [...above, node]);
  }
}

/** Rows that one execution of the node gives: counted if it ran, else expected. */
export function rowsPerExecution({ actual, estimated_rows }: PlanNode): number | null {
  if (typeof actual?.rows === 'number' && actual.executions) return actual.rows / actual.executions;
  return estimated_rows;
}

/** Rows that one full scan must look at: the table's, or at least those that leave the scan. */
export function scannedRows(scan: PlanNode, facts: PlanFacts): number {
  return facts.rows_of(scan.schema, scan.table) ?? rowsPerExecution(scan) ?? 0;
}

export const rowsText = (rows: number): string => `${countText(rows)} ${rows === 1 ? 'row' : 'rows'}`;

export const tableName = ({ schema, table }: PlanNode): string => (schema === '' ? table : `${schema}.${table}`);
