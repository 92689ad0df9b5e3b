import type { Detector, DetectorInput, Finding, JudgedQuery } from '@plumbline/contracts';
import { isAdvisable } from '../advisors/advisable.js';
import { catalogOf, rowsOf, tableKey, type Catalog } from '../advisors/catalog.js';
import {
  candidatesOf,
  distinct,
  droppedCandidate,
  indexKeyText,
  isServedBy,
  type IndexCandidate,
} from '../advisors/index-candidates.js';
import { indexCosts, queryKey } from '../advisors/index-costs.js';
import { hintedFindings, hintEvidence } from '../advisors/index-hints.js';
import { provenFinding, ruledFinding, type FindingContext, type IndexFinding } from '../advisors/index-finding.js';
import { ruledIndexes, type RuledUse } from '../advisors/index-rule.js';
import { selectIndexes } from '../advisors/index-selection.js';
import { isScannedInFull, seqScanOf } from '../advisors/plan-scans.js';

const thresholds = {
  min_table_rows: {
    value: 1_000,
    reason: 'a smaller table is a few pages: scanning it is as fast as any index',
  },
  max_index_columns: { value: 3, reason: 'further columns seldom narrow the result and always cost writes' },
  min_saved_seconds_per_day: { value: 10, reason: 'below ten seconds a day net of writes no index repays its care' },
  min_improvement_ratio: { value: 1.003, reason: 'the published stop of the Extend search: less is planner noise' },
  min_hint_uses_per_day: {
    value: 100,
    reason: 'what the server itself missed less often than that is no part of the daily work',
  },
  min_hint_impact_ratio: {
    value: 0.5,
    reason: 'the optimizer hopes too much: below half of a plan’s cost little is left of it',
  },
  max_ruled_cost_ratio: { value: 0.7, reason: 'without a planner only a large expected effect is worth telling' },
} as const;

/**
 * A table is read in full although a query compares, joins or orders by columns that no index leads with. Candidates
 * come from the queries' own predicates, and from indexes dropped lately; each is planned with the index imagined over
 * all judged queries, and must save more than it costs the table's writes. Where the engine cannot imagine an index,
 * the rules' candidate is told as not proven, with a wide interval; what the server itself counted as missing is told
 * with it, and by itself where no judged query explains it.
 */
const detector = {
  name: 'missing-index',
  summary: 'An index that does not exist would save more time than it costs in writes',
  needs: ['statements', 'tables', 'indexes'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT * FROM orders WHERE customer_id = ? -- reads all of orders',
    after: 'CREATE INDEX ON orders (customer_id) -- reads one customer’s rows',
  },
  async detect(input, tools) {
    const catalog = catalogOf(input);
    const queries = input.queries.filter(isAdvisable);
    const restorable = restorableIndexes(input, catalog);
    const context: FindingContext = { input, catalog, what_if: tools.what_if };
    if (!tools.what_if.can_prove) return unprovableFindings(context, queries, restorable);
    const candidates = unservedCandidates(input, queries, catalog, restorable);
    if (candidates.length === 0) return [];
    return provenFindings(context, queries, candidates, restorable);
  },
} satisfies Detector;
export default detector;

/** By rule, with what the server itself counted; and what only the server knows of. */
function unprovableFindings(
  context: FindingContext,
  queries: readonly JudgedQuery[],
  restorable: readonly IndexCandidate[],
): readonly Finding[] {
  const ruled = ruledFindings(context, queries, restorable).map((finding) => ({
    ...finding,
    evidence: [...finding.evidence, ...hintEvidence(context, finding.action)],
  }));
  const told = new Set(ruled.map((finding) => finding.target));
  const hinted = hintedFindings(context, told, {
    min_hint_uses_per_day: thresholds.min_hint_uses_per_day.value,
    min_hint_impact_ratio: thresholds.min_hint_impact_ratio.value,
    min_table_rows: thresholds.min_table_rows.value,
    max_columns: thresholds.max_index_columns.value,
  });
  return [...ruled, ...hinted];
}

async function provenFindings(
  context: FindingContext,
  queries: readonly JudgedQuery[],
  candidates: readonly IndexCandidate[],
  restorable: readonly IndexCandidate[],
): Promise<readonly Finding[]> {
  const costs = indexCosts(context.what_if, context.catalog);
  const touched = queries.filter((query) => candidates.some(({ index }) => costs.isRelevant(query, index)));
  const selection = await selectIndexes(touched, candidates, costs, {
    min_saved_seconds_per_day: thresholds.min_saved_seconds_per_day.value,
    min_improvement_ratio: thresholds.min_improvement_ratio.value,
    max_columns: thresholds.max_index_columns.value,
  });
  const unplannable = touched.filter((query) => costs.failures.has(queryKey(query)));
  const proven = selection.chosen.map((chosen) =>
    provenFinding(context, chosen, { is_cut_short: selection.is_cut_short, unplannable: unplannable.length }),
  );
  const told = new Set(proven.map((finding) => finding.target));
  const ruled = ruledFindings(context, unplannable, restorable, costs.failures).filter(
    (finding) => !told.has(finding.target),
  );
  return [...proven, ...ruled];
}

function restorableIndexes(input: DetectorInput, catalog: Catalog): readonly IndexCandidate[] {
  return input.dropped_indexes.flatMap((dropped) => {
    const table = catalog.table(dropped.database_name, dropped.schema_name, dropped.table_name);
    return (table && droppedCandidate(dropped, table, input.indexes)) ?? [];
  });
}

function unservedCandidates(
  input: DetectorInput,
  queries: readonly JudgedQuery[],
  catalog: Catalog,
  restorable: readonly IndexCandidate[],
): readonly IndexCandidate[] {
  const fresh = candidatesOf(queries, catalog, thresholds.max_index_columns.value);
  const matters = tablesThatMatter(input, queries, restorable);
  // The dropped one stands last, so that of two equal candidates the one with its history is kept.
  return distinct([...fresh, ...restorable], ({ index }) => indexKeyText(index)).filter(
    (candidate) =>
      matters.has(tableKey(candidate.table)) &&
      !catalog.indexes(candidate.table).some((existing) => isServedBy(candidate, existing)),
  );
}

function tablesThatMatter(
  input: DetectorInput,
  queries: readonly JudgedQuery[],
  restorable: readonly IndexCandidate[],
): ReadonlySet<string> {
  const lost_an_index = new Set(restorable.map((candidate) => tableKey(candidate.table)));
  const matter = input.tables.filter(
    (table) =>
      rowsOf(table) >= thresholds.min_table_rows.value &&
      (lost_an_index.has(tableKey(table)) ||
        isScannedInFull(table) ||
        queries.some((query) => query.database_name === table.database_name && seqScanOf(query.plan, table))),
  );
  return new Set(matter.map(tableKey));
}

function ruledFindings(
  context: FindingContext,
  queries: readonly JudgedQuery[],
  restorable: readonly IndexCandidate[],
  failures: ReadonlyMap<string, string> = new Map(),
): readonly IndexFinding[] {
  const uses = queries.flatMap((query) => ruledUses(query, context.catalog, restorable)).filter(isWorthTelling);
  const keys = [...new Set(uses.map((use) => indexKeyText(use.candidate.index)))];
  return keys
    .map((key) => uses.filter((use) => indexKeyText(use.candidate.index) === key))
    .flatMap(([first, ...others]) =>
      first ? [ruledFinding(context, first.candidate, [first, ...others], failures)] : [],
    )
    .filter(({ saved_seconds_per_day, cost_write_seconds_per_day }) => {
      const net = (saved_seconds_per_day?.value ?? 0) - (cost_write_seconds_per_day ?? 0);
      return net >= thresholds.min_saved_seconds_per_day.value;
    });

  function isWorthTelling({ query, candidate, cost_ratio }: RuledUse): boolean {
    const { table } = candidate;
    return (
      cost_ratio <= thresholds.max_ruled_cost_ratio.value &&
      rowsOf(table) >= thresholds.min_table_rows.value &&
      (query.plan !== null || isScannedInFull(table) || candidate.dropped !== undefined) &&
      !context.catalog.indexes(table).some((existing) => isServedBy(candidate, existing))
    );
  }
}

const ruledUses = (query: JudgedQuery, catalog: Catalog, restorable: readonly IndexCandidate[]) =>
  ruledIndexes(query, catalog, restorable, thresholds.max_index_columns.value);
