import type { Detector, DetectorInput, JudgedQuery, PlanNode } from '@plumbline/contracts';
import { ruledTimeRatio, savedSecondsPerDay } from '../advisors/estimate.js';
import { bytesText, evidence, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { severityOf } from '../advisors/severity.js';
import { rowsText } from '../plan/issues/issue.js';

const page_bytes = 8192;
const thresholds = {
  min_calls: { value: 100, reason: 'a person who leafs to the end once is no pattern' },
  min_bytes_per_row: {
    value: 20 * page_bytes,
    reason: 'a row behind an index costs a page or two; twenty, however badly it is stored, are pages of other rows',
  },
  min_saved_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A statement with OFFSET reads far more than the rows that it returns, along an index that is already in the order asked
 * for and with no condition that throws rows away: what is read beyond the returned rows is skipped. Values are not
 * collected, so the depth is not known; it is seen by the bytes. Where the plan sorts or filters, the reads may be for
 * that, and nothing is told.
 */
const detector = {
  name: 'deep-offset',
  summary: 'A paged query reads all the rows before its page',
  needs: ['statements', 'plans'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT id, title FROM posts ORDER BY id LIMIT 20 OFFSET 100000',
    after: 'SELECT id, title FROM posts WHERE id > ? ORDER BY id LIMIT 20 -- ? is the last id of the page before',
  },
  async detect(input) {
    return input.queries
      .filter((query) => query.features.has_offset && query.plan && skipsInOrder(query.plan))
      .filter(readsFarMoreThanReturned)
      .map((query) => finding(input, query))
      .filter((found) => found.saved_seconds_per_day.value >= thresholds.min_saved_seconds_per_day.value);
  },
} satisfies Detector;
export default detector;

/** A limit over an index scan of one table that nothing sorts, joins or filters. */
function skipsInOrder(plan: PlanNode): boolean {
  const [only, ...others] = plan.children;
  if (!only || others.length > 0) return false;
  if (plan.operator === 'limit') return isOrderedScan(only);
  return ['exchange', 'subquery', 'result'].includes(plan.operator) && skipsInOrder(only);
}

function isOrderedScan(node: PlanNode): boolean {
  if (node.filter_condition !== '') return false;
  if (node.operator === 'index_scan' || node.operator === 'index_only_scan') return true;
  const [only, ...others] = node.children;
  return ['subquery', 'result'].includes(node.operator) && only !== undefined && others.length === 0
    ? isOrderedScan(only)
    : false;
}

function readsFarMoreThanReturned({ calls, rows_returned, logical_read_bytes }: JudgedQuery): boolean {
  if (calls < thresholds.min_calls.value) return false;
  // Past the end a page is empty: one row stands for what it may have cost at most.
  return logical_read_bytes / Math.max(calls, rows_returned) >= thresholds.min_bytes_per_row.value;
}

/** What a row may fairly cost: its page, and one of the index. */
const fair_bytes_per_row = 2 * page_bytes;

function finding(input: DetectorInput, query: JudgedQuery) {
  const { instance_id } = input;
  const rows = Math.max(query.calls, query.rows_returned);
  const left = Math.min(1, (fair_bytes_per_row * rows) / query.logical_read_bytes);
  const saved_seconds_per_day = savedSecondsPerDay(query.total_time_us, query.span_s, ruledTimeRatio(left));
  const rows_per_run = rowsText(query.rows_returned / query.calls);
  const bytes_per_run = bytesText(query.logical_read_bytes / query.calls);
  const order = orderOf(query);
  return {
    target: `${query.database_name}.${query.query_hash}`,
    severity: severityOf(saved_seconds_per_day.value, input),
    title: `Page query ${query.query_hash} by ${order ?? 'its key'} instead of OFFSET`,
    reasoning:
      `Each run reads ${bytes_per_run} to return ${rows_per_run}, although the index gives them in order and nothing ` +
      'is filtered: the rest are rows before the page, read and thrown away. The further a reader leafs, the more.',
    evidence: [
      timeEvidence(instance_id, query),
      evidence(
        'Read per run',
        `${bytes_per_run} for ${rows_per_run}`,
        shownBy('query_summary', { instance_id, query_hash: query.query_hash }),
      ),
      evidence(
        'Plan',
        'a limit over an index in the order asked for, without a filter',
        shownBy('query_plans', { instance_id, query_hash: query.query_hash }),
      ),
    ],
    steps: [
      `Keep the values of ${order ?? 'the columns of ORDER BY'} of the last row of a page and ask for what comes behind them.`,
      'End ORDER BY with a unique column, so that no row is skipped or shown twice.',
      'Where a reader must jump to page 5,000, bound how far: nobody reads it, but crawlers do.',
    ],
    action: { kind: 'rewrite_query' as const, before: query.template, after: pagedByKey(query, order) },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: 'By rule: two pages per returned row stay; half of what else is read is believed to be saved.',
    query_hashes: [query.query_hash],
  };
}

/** Undefined where the order is not by plain columns in one direction: then no one comparison says "behind". */
function orderOf({ features: { order_by } }: JudgedQuery): string | undefined {
  const directions = new Set(order_by.map(({ descending }) => descending));
  return order_by.length === 0 || directions.size > 1 ? undefined : order_by.map(({ column }) => column).join(', ');
}

function pagedByKey({ template, features }: JudgedQuery, order: string | undefined): string {
  const without_offset = template.replace(/ offset (\?|\$\d+)( rows?)?/i, '');
  if (order === undefined) return `${without_offset} /* behind the last row of the page before */`;
  const sign = features.order_by[0]?.descending ? '<' : '>';
  return `${without_offset} /* where (${order}) ${sign} the last row of the page before */`;
}
