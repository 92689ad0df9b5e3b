import type { Detector, DetectorInput, JudgedQuery, PredicateUse, TableSnapshotRow } from '@plumbline/contracts';
import { catalogOf, qualifiedName, rowsOf, type Catalog } from '../advisors/catalog.js';
import { ruledTimeRatio, savedSecondsPerDay } from '../advisors/estimate.js';
import { countText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { isScannedInFull, seqScanOf } from '../advisors/plan-scans.js';
import { bareColumnForm } from '../advisors/sargable-form.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_table_rows: { value: 1_000, reason: 'a smaller table is a few pages: scanning it is as fast as any index' },
  min_saved_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A function or cast stands around the column of a condition, so an index on the column cannot be used and the table is
 * read in full. Told with the form that leaves the column bare, and with the expression index that serves it as it is.
 */
const detector = {
  name: 'non-sargable-predicate',
  summary: 'A function or cast around a column keeps its index from being used',
  needs: ['statements', 'tables', 'indexes'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT count(*) FROM orders WHERE date(placed_at) = ?',
    after: "SELECT count(*) FROM orders WHERE placed_at >= ? AND placed_at < ? + interval '1 day'",
  },
  async detect(input) {
    const catalog = catalogOf(input);
    return input.queries
      .filter((query) => ['ast', 'ast_raw'].includes(query.features.feature_source))
      .flatMap((query) => wrappedUses(query, catalog).map((use) => finding(input, query, use)))
      .filter((found) => found.saved_seconds_per_day.value >= thresholds.min_saved_seconds_per_day.value);
  },
} satisfies Detector;
export default detector;

interface WrappedUse {
  readonly predicate: PredicateUse;
  readonly table: TableSnapshotRow;
  readonly column: string;
  /** Part of the query's planned cost that the full scan takes. */
  readonly scan_share: number;
}

function wrappedUses(query: JudgedQuery, catalog: Catalog): readonly WrappedUse[] {
  const seen = new Set<string>();
  return query.features.predicates.flatMap((predicate) => {
    if (predicate.wrapped_in === '' || predicate.clause === 'having') return [];
    if (!['eq', 'in', 'range', 'like_prefix'].includes(predicate.operator)) return [];
    const found = catalog.column(query, predicate);
    if (!found || rowsOf(found.table) < thresholds.min_table_rows.value) return [];
    const key = `${qualifiedName(found.table)}.${found.column}.${predicate.wrapped_in}`;
    if (seen.has(key) || hasExpressionIndex(catalog, found.table, found.column, predicate.wrapped_in)) return [];
    seen.add(key);
    const scan_share = scanShare(query, found.table);
    return scan_share === undefined ? [] : [{ predicate, ...found, scan_share }];
  });
}

/** Undefined when the table is not read in full: then the wrapped condition only filters what an index found. */
function scanShare(query: JudgedQuery, table: TableSnapshotRow): number | undefined {
  if (!query.plan) return isScannedInFull(table) ? 0.5 : undefined;
  const scan = seqScanOf(query.plan, table);
  if (!scan) return undefined;
  return query.plan.total_cost ? Math.min(1, (scan.total_cost ?? 0) / query.plan.total_cost) : 0.5;
}

function hasExpressionIndex(catalog: Catalog, table: TableSnapshotRow, column: string, wrapper: string): boolean {
  const words = (text: string) => text.toLowerCase().split(/[^a-z0-9_]+/);
  return catalog.indexes(table).some((index) => {
    const [leading = ''] = index.key_columns;
    const is_wrapped = wrapper === 'cast' ? /::|cast/i.test(leading) : words(leading).includes(wrapper.toLowerCase());
    return is_wrapped && words(leading).includes(column.toLowerCase());
  });
}

/** What a scan that an index replaces still costs: its rows must be fetched. */
const left_of_scan = 0.1;

function finding(input: DetectorInput, query: JudgedQuery, { predicate, table, column, scan_share }: WrappedUse) {
  const { instance_id } = input;
  const form = bareColumnForm(predicate, column, query.template);
  const ratio = ruledTimeRatio(1 - scan_share * (1 - left_of_scan));
  const saved_seconds_per_day = savedSecondsPerDay(query.total_time_us, query.span_s, ratio);
  return {
    target: `${query.database_name}.${query.query_hash}.${table.table_name}.${column}.${predicate.wrapped_in}`,
    severity: severityOf(saved_seconds_per_day.value, input),
    title: `Leave ${qualifiedName(table)}.${column} bare: ${predicate.wrapped_in} around it prevents the use of an index`,
    reasoning:
      `${form.before} must be computed for each of ${countText(rowsOf(table))} rows, because an index on ${column} is ` +
      `ordered by the column and not by ${predicate.wrapped_in} of it.`,
    evidence: [
      timeEvidence(instance_id, query),
      evidence(
        `Full scan of ${qualifiedName(table)}`,
        query.plan
          ? `${percentText(scan_share)} of the planned cost`
          : 'seen in the table’s scan counters; no plan is known',
        shownBy('query_plans', { instance_id, query_hash: query.query_hash }),
      ),
    ],
    steps: [
      form.hint,
      `Make sure that an index leads with ${column}.`,
      `If the statement cannot be changed, index the expression: CREATE INDEX ON ${qualifiedName(table)} (${form.expression}).`,
    ],
    action: { kind: 'rewrite_query' as const, before: form.before, after: form.after },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: 'By rule: the scan’s part of the planned cost, less a tenth for fetching the rows; not planned anew.',
    query_hashes: [query.query_hash],
  };
}
