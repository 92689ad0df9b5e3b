import type { Detector, DetectorInput, Finding, JudgedQuery } from '@plumbline/contracts';
import { catalogOf } from '../advisors/catalog.js';
import { ruledTimeRatio, savedSecondsPerDay, secondsPerDay } from '../advisors/estimate.js';
import { countText, evidence, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { filteredEarly, lateFilters, type LateFilter } from '../advisors/late-filters.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_rows_in: { value: 100_000, reason: 'fewer rows are joined or folded in milliseconds' },
  max_kept_share: { value: 0.1, reason: 'a filter that keeps more than a tenth saves little by coming first' },
  ruled_rest_share: {
    value: 0.1,
    reason: 'of the rows below, taken to remain where the number of different values is not known',
  },
  min_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A condition is checked only after the rows were joined or folded, although it could have kept them out before: one in
 * HAVING on a grouped column, or one on a single table above an inner join. Told only where the plan shows the filter
 * there, no scan below applies it, and most rows are thrown away. Above an outer join, a LIMIT, a window or subtotals a
 * filter stands by right: it would mean something else below.
 */
const detector = {
  name: 'late-filter',
  summary: 'Rows are joined or folded before a filter throws them away',
  needs: ['statements', 'plans', 'tables'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT region, sum(total) FROM sales GROUP BY region HAVING region = ? -- folds all regions',
    after: 'SELECT region, sum(total) FROM sales WHERE region = ? GROUP BY region',
  },
  async detect(input) {
    return input.queries
      .filter((query) => ['ast', 'ast_raw'].includes(query.features.feature_source))
      .filter((query) => secondsPerDay(query.total_time_us, query.span_s) >= thresholds.min_seconds_per_day.value)
      .flatMap((query) => {
        const [worst] = costly(query).sort((one, other) => other.rows_in - one.rows_in);
        return worst ? [finding(input, query, worst)] : [];
      });
  },
} satisfies Detector;
export default detector;

const costly = ({ plan, template, features }: JudgedQuery): LateFilter[] =>
  (plan ? lateFilters(plan, template, features) : []).filter(
    ({ rows_in, rows_out }) =>
      rows_in >= thresholds.min_rows_in.value && rows_out <= rows_in * thresholds.max_kept_share.value,
  );

/** Of an equal column, one of its values; else what the plan expects the filter to leave of the join. */
function restShare(
  input: DetectorInput,
  query: JudgedQuery,
  { predicate, above, rows_in, rows_out }: LateFilter,
): number {
  if (above === 'join') return Math.max(1, rows_out) / rows_in;
  const catalog = catalogOf(input);
  const found = catalog.column(query, predicate);
  const column = found && catalog.columns(found.table).find((one) => one.column_name === found.column);
  const n_distinct = column?.n_distinct ?? 0;
  if (predicate.operator !== 'eq' || n_distinct <= 0) return thresholds.ruled_rest_share.value;
  return Math.max(1 / n_distinct, 1 / rows_in);
}

function finding(input: DetectorInput, query: JudgedQuery, late: LateFilter): Finding {
  const { instance_id } = input;
  const { predicate, above, node, rows_in, rows_out } = late;
  const done = above === 'join' ? 'joined' : 'folded into groups';
  const ratio = ruledTimeRatio(Math.min(1, restShare(input, query, late)));
  const saved = savedSecondsPerDay(query.total_time_us, query.span_s, ratio);
  return {
    target: `${query.database_name}.${query.query_hash}.${predicate.column}`,
    severity: severityOf(saved.value, input),
    title: `Filter ${predicate.column} in query ${query.query_hash} before its rows are ${done}`,
    reasoning:
      `${countText(rows_in)} rows are ${done} before the condition on ${predicate.column} leaves ${countText(rows_out)} of ` +
      'what comes out. The condition is on one table’s own column, so it can be applied where that table is read.',
    evidence: [
      timeEvidence(instance_id, query),
      evidence(
        'In the plan',
        `${node.native_operator} filters by ${node.filter_condition}, above ${countText(rows_in)} rows`,
        shownBy('query_plans', { instance_id, query_hash: query.query_hash }),
      ),
    ],
    steps: [
      above === 'join'
        ? `Filter ${predicate.column} where its table is read: in a derived table, or as a condition of its own in WHERE.`
        : `Move the condition on ${predicate.column} from HAVING, or from around the grouped query, into the WHERE below.`,
      'Look at the plan again: the condition must stand at the scan, and fewer rows go up.',
      'Compare both results once: they must be the same rows.',
    ],
    action: {
      ...{ kind: 'rewrite_query', before: query.template },
      after: filteredEarly(query.template, late, query.features),
    },
    saved_seconds_per_day: saved,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven',
    proof_note: 'By rule: the time is taken to go with the rows that remain below; nothing was planned anew.',
    query_hashes: [query.query_hash],
  };
}
