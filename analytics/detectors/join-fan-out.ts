import type { Detector, DetectorInput, JudgedQuery, PlanNode } from '@plumbline/contracts';
import { catalogOf, rowsOf, type Catalog } from '../advisors/catalog.js';
import { secondsPerDay } from '../advisors/estimate.js';
import { countText, evidence, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { planNodes } from '../advisors/plan-scans.js';
import { rowsPerExecution } from '../plan/issues/issue.js';

const thresholds = {
  min_fan_out_ratio: { value: 10, reason: 'planners misjudge the rows of a join by less than ten, seldom by more' },
  min_joined_rows: { value: 100_000, reason: 'fewer rows are joined and folded in milliseconds' },
  min_folded_ratio: { value: 10, reason: 'rows that are returned were asked for; those folded away again were not' },
  min_ns_per_row: {
    value: 10,
    reason: 'no server joins a hundred million rows a second: a run that was faster disproves the planner’s count',
  },
  min_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A join gives many times more rows than either of its sides has, so neither side is unique in what joins them, and most
 * of these rows are folded away again by DISTINCT or GROUP BY. Two lists joined to the same parent multiply each other;
 * sums and counts over them come out too large as well. A join to one list gives no more rows than the list has and is
 * left alone, and so is a number of rows that is only expected and that the runs' own time disproves.
 */
const detector = {
  name: 'join-fan-out',
  summary: 'A join multiplies rows that are folded away again',
  needs: ['statements', 'plans', 'tables'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before:
      'SELECT DISTINCT c.id FROM customers c JOIN orders o ON o.customer_id = c.id JOIN visits v ON v.customer_id = c.id',
    after:
      'SELECT c.id FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id) AND EXISTS (SELECT FROM visits v WHERE v.customer_id = c.id)',
  },
  async detect(input) {
    const catalog = catalogOf(input);
    return input.queries.flatMap((query) => {
      if (secondsPerDay(query.total_time_us, query.span_s) < thresholds.min_seconds_per_day.value) return [];
      const worst = fanOuts(query, catalog).sort((one, other) => other.ratio - one.ratio)[0];
      return worst ? [finding(input, query, worst)] : [];
    });
  },
} satisfies Detector;
export default detector;

interface FanOut {
  readonly join: PlanNode;
  readonly joined_rows: number;
  /** Rows of the larger side. */
  readonly side_rows: number;
  readonly ratio: number;
  readonly is_counted: boolean;
}

function fanOuts(query: JudgedQuery, catalog: Catalog): FanOut[] {
  if (!query.plan || query.calls === 0) return [];
  return foldedNodes(query.plan).flatMap((node) => {
    const found = fanOutOf(node, (scan) => catalog.table(query.database_name, scan.schema, scan.table));
    return found && isLarge(found, query) && isBelievable(found, query) ? [found] : [];
  });
}

function isLarge({ ratio, joined_rows }: FanOut, { rows_returned, calls }: JudgedQuery): boolean {
  return (
    ratio >= thresholds.min_fan_out_ratio.value &&
    joined_rows >= thresholds.min_joined_rows.value &&
    joined_rows >= (rows_returned / calls) * thresholds.min_folded_ratio.value
  );
}

/** Planners guess how many rows a comparison other than "equal" joins; and a run takes at least as long as its rows do. */
function isBelievable({ join, joined_rows, is_counted }: FanOut, { total_time_us, calls }: JudgedQuery): boolean {
  if (is_counted) return true;
  if (join.operator === 'nested_loop' && join.filter_condition !== '') return false;
  return (total_time_us / calls) * 1000 >= joined_rows * thresholds.min_ns_per_row.value;
}

/** Everything below a grouping. */
function foldedNodes(node: PlanNode): readonly PlanNode[] {
  if (node.operator !== 'aggregate') return node.children.flatMap(foldedNodes);
  return node.children.flatMap((child) => [...planNodes(child)]);
}

type FindTable = (scan: PlanNode) => Parameters<typeof rowsOf>[0] | undefined;

function fanOutOf(join: PlanNode, find: FindTable): FanOut | undefined {
  const [outer, inner] = join.children;
  if (!['nested_loop', 'hash_join', 'merge_join'].includes(join.operator) || !outer || !inner) return undefined;
  const joined_rows = rowsPerExecution(join);
  const outer_rows = rowsPerExecution(outer);
  const inner_rows = join.operator === 'nested_loop' ? innerRows(inner, find) : rowsPerExecution(inner);
  if (joined_rows === null || outer_rows === null || inner_rows === null) return undefined;
  const side_rows = Math.max(1, outer_rows, inner_rows);
  const is_counted = typeof join.actual?.rows === 'number';
  return { join, joined_rows, side_rows, ratio: joined_rows / side_rows, is_counted };
}

/** A nested loop asks its inner side once per outer row: what that side has as a whole is its table's rows. */
function innerRows(inner: PlanNode, find: FindTable): number | null {
  const scans = [...planNodes(inner)].filter((node) => node.table !== '');
  const [scan, ...others] = scans;
  const table = scan && others.length === 0 ? find(scan) : undefined;
  return table ? rowsOf(table) : null;
}

const tablesBelow = (join: PlanNode): readonly string[] => [
  ...new Set([...planNodes(join)].map(({ table }) => table).filter((table) => table !== '')),
];

function finding(
  input: DetectorInput,
  query: JudgedQuery,
  { join, joined_rows, side_rows, ratio, is_counted }: FanOut,
) {
  const { instance_id } = input;
  const tables = tablesBelow(join).join(', ');
  const returned = query.rows_returned / query.calls;
  return {
    target: `${query.database_name}.${query.query_hash}.${tables}`,
    severity: 'warning' as const,
    title: `Query ${query.query_hash} multiplies rows by joining ${tables}, and folds them away again`,
    reasoning:
      `The join ${is_counted ? 'gives' : 'is expected to give'} ${countText(joined_rows)} rows from sides of at most ` +
      `${countText(side_rows)}, ${countText(ratio)} times more, so what joins them is unique on neither side. ` +
      `${countText(returned)} rows are returned per run. Sums and counts over such rows count each value several times.`,
    evidence: [
      timeEvidence(instance_id, query),
      evidence(
        `${join.native_operator} of ${tables}`,
        `${countText(joined_rows)} rows ${is_counted ? 'counted' : 'expected'}, the larger side ${countText(side_rows)}`,
        shownBy('query_plans', { instance_id, query_hash: query.query_hash }),
      ),
      evidence(
        'Rows returned per run',
        countText(returned),
        shownBy('query_summary', { instance_id, query_hash: query.query_hash }),
      ),
    ],
    steps: [
      'Look for a condition that the join lacks: two lists of one parent have only the parent in common.',
      'Where a list is only asked whether it has any row, ask with EXISTS; where it is summed, group it before it is joined.',
      'Compare the results: sums that were too large become smaller.',
    ],
    action: {
      kind: 'rewrite_query' as const,
      before: query.template,
      after: `${query.template} /* group ${tables} by what joins them before joining, or ask with EXISTS */`,
    },
    // How much is left of the join once its sides are folded first, no counter tells.
    saved_seconds_per_day: null,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: is_counted
      ? 'The rows were counted in a run; what the rewritten statement costs is not known before it is written.'
      : 'Read from the rows that the planner expects; they may be wrong, and nothing was planned anew.',
    query_hashes: [query.query_hash],
  };
}
