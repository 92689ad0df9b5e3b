import type { ColumnSnapshotRow, JudgedQuery } from '@plumbline/contracts';
import { rowsOf, type Catalog } from './catalog.js';
import {
  candidateColumns,
  columnRoles,
  createIndex,
  type ColumnRoles,
  type IndexCandidate,
} from './index-candidates.js';
import { seqScanOf } from './plan-scans.js';

/** Where no planner can be asked: one query and the index that the rules favour for one of its scanned tables. */
export interface RuledUse {
  readonly query: JudgedQuery;
  readonly candidate: IndexCandidate;
  /** Guessed planner cost after / before. */
  readonly cost_ratio: number;
}

/** A row fetched through an index costs a random page where a scan reads it in order. */
const random_page_penalty = 4;
const range_selectivity = 1 / 3;
const unknown_selectivity = 0.1;
/** A joined column is looked up once per outer row, and how many there are the snapshots do not say. */
const join_selectivity = 0.3;
/** Without a plan, the scan's part in the query's cost is anyone's guess. */
const unknown_scan_share = 0.5;

export function ruledIndexes(
  query: JudgedQuery,
  catalog: Catalog,
  restorable: readonly IndexCandidate[],
  max_columns: number,
): readonly RuledUse[] {
  return columnRoles(query, catalog).flatMap((roles) => {
    if (query.plan && !seqScanOf(query.plan, roles.table)) return [];
    const uses = [...new Set([...roles.equal, ...roles.joined, ...roles.ranged])];
    const restored = restorable.filter(
      ({ table, index }) => table === roles.table && uses.includes(index.columns[0] ?? ''),
    );
    const fresh = candidateColumns(roles, catalog, max_columns).map(({ columns, equalities }) => ({
      index: createIndex(roles.table, columns),
      table: roles.table,
      equalities,
      dropped: undefined,
    }));
    // The cheapest; of equals the shortest, because each further column must earn its place.
    return (restored.length > 0 ? restored : fresh)
      .map((candidate) => ({ query, candidate, cost_ratio: costRatio(query, roles, candidate.index.columns, catalog) }))
      .sort(
        (one, other) =>
          one.cost_ratio - other.cost_ratio ||
          one.candidate.index.columns.length - other.candidate.index.columns.length,
      )
      .slice(0, 1);
  });
}

function costRatio(query: JudgedQuery, roles: ColumnRoles, columns: readonly string[], catalog: Catalog): number {
  const scan = seqScanOf(query.plan, roles.table);
  const total = query.plan?.total_cost ?? 0;
  const share = scan && total > 0 ? Math.min(1, (scan.total_cost ?? 0) / total) : unknown_scan_share;
  const selectivity = columns
    .map((column) => columnSelectivity(column, roles, catalog.columns(roles.table)))
    .reduce((product, one) => product * one, 1);
  return Math.max(0.001, 1 - share + share * Math.min(1, selectivity * random_page_penalty));
}

function columnSelectivity(name: string, roles: ColumnRoles, columns: readonly ColumnSnapshotRow[]): number {
  if (roles.equal.includes(name)) return equalitySelectivity(name, roles, columns);
  if (roles.ranged.includes(name)) return range_selectivity;
  return roles.joined.includes(name) ? join_selectivity : 1;
}

function equalitySelectivity(name: string, roles: ColumnRoles, columns: readonly ColumnSnapshotRow[]): number {
  const n_distinct = columns.find((column) => column.column_name === name)?.n_distinct ?? null;
  if (n_distinct === null || n_distinct === 0) return unknown_selectivity;
  return Math.min(1, 1 / Math.max(1, n_distinct > 0 ? n_distinct : -n_distinct * rowsOf(roles.table)));
}
