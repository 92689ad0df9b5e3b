import type { PlanNode, TableSnapshotRow } from '@plumbline/contracts';
import { rowsOf } from './catalog.js';
import { observedSeconds } from './observed-span.js';

export function* planNodes(root: PlanNode): Generator<PlanNode> {
  yield root;
  for (const child of root.children) yield* planNodes(child);
}

/** The plan's sequential scan of this table; the dearest when there are several. */
export function seqScanOf(plan: PlanNode | null, table: TableSnapshotRow): PlanNode | undefined {
  if (!plan) return undefined;
  const scans = [...planNodes(plan)].filter(
    (node) =>
      node.operator === 'seq_scan' &&
      node.table === table.table_name &&
      (node.schema === '' || node.schema === table.schema_name),
  );
  return scans.sort((one, other) => (other.total_cost ?? 0) - (one.total_cost ?? 0))[0];
}

/** Full scans that happened, whatever the planner says: each read at least half of the table's rows. */
export function isScannedInFull(table: TableSnapshotRow): boolean {
  const scans = Number(table.seq_scans);
  return observedSeconds(table) > 0 && scans > 0 && Number(table.seq_rows_read) / scans >= rowsOf(table) / 2;
}
