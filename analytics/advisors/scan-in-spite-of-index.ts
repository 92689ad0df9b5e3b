import type { DetectorInput, IndexSnapshotRow, JudgedQuery, PlanNode, TableSnapshotRow } from '@plumbline/contracts';
import { rowsOf, tableKey, type Catalog } from './catalog.js';
import { observedSeconds } from './observed-span.js';
import { planNodes } from './plan-scans.js';

/** A lookup that a plan made without values answers by an index, and whose runs read the table all the same. */
export interface ScanInSpiteOfIndex {
  readonly table: TableSnapshotRow;
  readonly index: IndexSnapshotRow;
  readonly column: string;
  readonly read_bytes_per_call: number;
}

export interface ScanLimits {
  readonly min_calls: number;
  readonly min_table_rows: number;
  readonly min_read_share: number;
  readonly max_returned_share: number;
}

/**
 * Undefined unless all agree: one table, compared for equality with the index's leading column; runs that read most of it
 * and return next to nothing; and an index that was there all the time, so that no run was from before it.
 */
export function scanInSpiteOfIndex(
  query: JudgedQuery,
  input: DetectorInput,
  catalog: Catalog,
  limits: ScanLimits,
): ScanInSpiteOfIndex | undefined {
  const lookup = plannedLookup(query, catalog);
  if (!lookup || query.calls < limits.min_calls || rowsOf(lookup.table) < limits.min_table_rows) return undefined;
  if (!wasThereThroughout(lookup, query, input)) return undefined;
  const read_bytes_per_call = query.logical_read_bytes / query.calls;
  const returned_rows = query.rows_returned / query.calls;
  if (read_bytes_per_call < Number(lookup.table.size_bytes) * limits.min_read_share) return undefined;
  if (returned_rows > rowsOf(lookup.table) * limits.max_returned_share) return undefined;
  return { ...lookup, read_bytes_per_call };
}

type Lookup = Omit<ScanInSpiteOfIndex, 'read_bytes_per_call'>;

function plannedLookup(query: JudgedQuery, catalog: Catalog): Lookup | undefined {
  const { features, plan } = query;
  // An aggregate returns one row of however many it had to read.
  if (!plan || features.has_aggregate || features.tables.length !== 1) return undefined;
  const scan = onlyScan(plan);
  const table = scan && catalog.table(query.database_name, scan.schema, scan.table);
  const index = table && catalog.indexes(table).find(({ index_name }) => index_name === scan.index);
  const column = index?.key_columns[0];
  if (!table || !index || column === undefined) return undefined;
  const is_compared = features.predicates.some(
    (predicate) => predicate.operator === 'eq' && predicate.wrapped_in === '' && predicate.column === column,
  );
  return is_compared ? { table, index, column } : undefined;
}

function onlyScan(plan: PlanNode): PlanNode | undefined {
  const [scan, ...others] = [...planNodes(plan)].filter(({ table }) => table !== '');
  const by_index = scan?.operator === 'index_scan' || scan?.operator === 'index_only_scan';
  return by_index && others.length === 0 && scan.access_condition !== '' ? scan : undefined;
}

function wasThereThroughout({ table, index }: Lookup, query: JudgedQuery, input: DetectorInput): boolean {
  const was_changed = input.dropped_indexes.some((dropped) => tableKey(dropped) === tableKey(table));
  return !was_changed && observedSeconds(index) >= query.span_s;
}
