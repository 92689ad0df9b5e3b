import type {
  Detector,
  DetectorInput,
  DetectorTools,
  Estimate,
  JudgedQuery,
  PlanNode,
  PredicateUse,
  Severity,
} from '@plumbline/contracts';
import { catalogOf, rowsOf, type Catalog } from '../advisors/catalog.js';
import { ruledTimeRatio, savedSecondsPerDay, secondsPerDay } from '../advisors/estimate.js';
import { bytesText, countText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { planNodes } from '../advisors/plan-scans.js';
import { queryPlanIssues } from '../advisors/query-plan-issues.js';
import { bareColumnForm } from '../advisors/sargable-form.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_partitions_read: { value: 4, reason: 'a span of time often falls on two or three partitions of its own right' },
  min_read_share: {
    value: 0.5,
    reason: 'a run that reads half of all partitions’ bytes left few out, whatever the plan says of its parameters',
  },
  max_returned_share: { value: 0.1, reason: 'whoever is returned more of the table than that must read most of it' },
  min_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A query filters a partitioned table and still reads (nearly) all of its partitions, because no condition stands on the
 * partition key as it is stored. A plan made without values shows every partition even where each run leaves most of them
 * out, so such a plan alone is not believed: the bytes that the runs really read must come to half of all partitions. A
 * span of a bare column may be one of the key, and wide: with it, only partitions that were counted as empty are told.
 */
const detector = {
  name: 'partition-pruning',
  summary: 'A filtered query reads all partitions of a table',
  needs: ['statements', 'plans', 'tables'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: "SELECT count(*) FROM events WHERE date_trunc('month', created_at) = ?",
    after: "SELECT count(*) FROM events WHERE created_at >= ? AND created_at < ? + interval '1 month'",
  },
  async detect(input, tools) {
    const catalog = catalogOf(input);
    return input.queries
      .filter((query) => secondsPerDay(query.total_time_us, query.span_s) >= thresholds.min_seconds_per_day.value)
      .flatMap((query) => {
        const unpruned = toldByPlan(query, catalog, tools) ?? shownByReads(query, catalog);
        if (!unpruned || (unpruned.partitions_empty === undefined && mayAskForAll(query))) return [];
        return [finding(input, query, unpruned)];
      });
  },
} satisfies Detector;
export default detector;

/** Which column is the key is not known: a bare one that is compared with a span may be it, and the span may be wide. */
const mayAskForAll = ({ features }: JudgedQuery): boolean =>
  features.predicates.some(({ operator, wrapped_in }) => operator === 'range' && wrapped_in === '');

interface Unpruned {
  readonly sentence: string;
  readonly partitions_read: number;
  /** Partitions that a run read without finding a row; undefined where no run was counted. */
  readonly partitions_empty?: number;
  readonly shown_by: readonly { readonly label: string; readonly value: string }[];
}

/** The plan was counted in a run, or its engine tells how many partitions there are. */
function toldByPlan(query: JudgedQuery, catalog: Catalog, tools: DetectorTools): Unpruned | undefined {
  const issue = queryPlanIssues(query, catalog, tools).find(({ kind }) => kind === 'missing_pruning');
  if (!issue) return undefined;
  const { partitions_read = 0, partitions_empty = 0 } = issue.figures;
  return {
    sentence: issue.sentence,
    partitions_read,
    ...(partitions_empty > 0 ? { partitions_empty } : {}),
    shown_by: [{ label: 'In the plan', value: issue.sentence }],
  };
}

/** The plan lists every partition with a filter, and the runs read as many bytes as that takes. */
function shownByReads(query: JudgedQuery, catalog: Catalog): Unpruned | undefined {
  const { plan, features, calls } = query;
  // Of several tables, it is not known which one the bytes were read of.
  if (!plan || calls === 0 || features.tables.length !== 1) return undefined;
  const node = [...planNodes(plan)].find(
    ({ partitions }) => partitions?.total === null && partitions.read >= thresholds.min_partitions_read.value,
  );
  const scans = node ? fullScans(node) : [];
  const tables = scans.flatMap((scan) => catalog.table(query.database_name, scan.schema, scan.table) ?? []);
  if (scans.length === 0 || tables.length < scans.length) return undefined;
  const size_bytes = tables.reduce((sum, table) => sum + Number(table.size_bytes), 0);
  const rows = tables.reduce((sum, table) => sum + rowsOf(table), 0);
  const read_share = query.logical_read_bytes / calls / Math.max(1, size_bytes);
  if (read_share < thresholds.min_read_share.value) return undefined;
  if (query.rows_returned / calls > rows * thresholds.max_returned_share.value) return undefined;
  const read = bytesText(query.logical_read_bytes / calls);
  return {
    sentence: `All ${countText(scans.length)} partitions are read in full although rows are filtered.`,
    partitions_read: scans.length,
    shown_by: [
      { label: 'In the plan', value: `full scans of ${countText(scans.length)} partitions, each with a filter` },
      {
        label: 'Read per run',
        value: `${read}, ${percentText(read_share)} of all partitions (${bytesText(size_bytes)})`,
      },
    ],
  };
}

/** The scans below, if each is a full one with a filter. */
function fullScans(node: PlanNode): readonly PlanNode[] {
  const scans = [...planNodes(node)].filter(({ table }) => table !== '');
  return scans.every(({ operator, filter_condition }) => operator === 'seq_scan' && filter_condition !== '')
    ? scans
    : [];
}

/** Where a run was counted, the share of partitions that gave a row stays; else nobody knows how many would. */
function savedBy(query: JudgedQuery, { partitions_read, partitions_empty }: Unpruned): Estimate | null {
  if (partitions_empty === undefined) return null;
  const left = Math.max(1, partitions_read - partitions_empty) / partitions_read;
  return savedSecondsPerDay(query.total_time_us, query.span_s, ruledTimeRatio(left));
}

function finding(input: DetectorInput, query: JudgedQuery, unpruned: Unpruned) {
  const { instance_id } = input;
  const saved_seconds_per_day = savedBy(query, unpruned);
  const table = query.features.tables[0]?.table ?? 'the table';
  return {
    target: `${query.database_name}.${query.query_hash}`,
    severity: severityFor(saved_seconds_per_day, query, input),
    title: `Let query ${query.query_hash} leave out partitions of ${table}`,
    reasoning:
      `${unpruned.sentence} Partitions are left out only by a condition on the partition key as it is stored: bare, and ` +
      'compared with a value.',
    evidence: [
      timeEvidence(instance_id, query),
      ...unpruned.shown_by.map(({ label, value }) =>
        evidence(label, value, shownBy('query_plans', { instance_id, query_hash: query.query_hash })),
      ),
    ],
    steps: [
      `Look up the partition key of ${table} and add a condition on it, also where it seems to follow from another one.`,
      'Take functions and casts off the key: compare it with the two ends of a span instead.',
      'Look at the plan again, with values: it must name fewer partitions.',
    ],
    action: { kind: 'rewrite_query' as const, ...rewritten(query) },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: saved_seconds_per_day
      ? 'By rule: the time is taken to go with the partitions that gave a row; nothing was planned anew.'
      : 'How many partitions the new condition leaves is known only once it is there.',
    query_hashes: [query.query_hash],
  };
}

/** Who has no condition on the key at all may want all partitions; a function around a column is seldom meant so. */
function severityFor(saved: Estimate | null, query: JudgedQuery, input: DetectorInput): Severity {
  if (saved) return severityOf(saved.value, input);
  return wrappedPredicate(query) ? 'warning' : 'info';
}

const wrappedPredicate = ({ features }: JudgedQuery): PredicateUse | undefined =>
  features.predicates.find(({ wrapped_in, clause }) => wrapped_in !== '' && clause === 'where');

function rewritten(query: JudgedQuery): { readonly before: string; readonly after: string } {
  const { template } = query;
  const wrapped = wrappedPredicate(query);
  if (!wrapped) return { before: template, after: `${template} /* and a condition on the partition key */` };
  const { before, after } = bareColumnForm(wrapped, wrapped.column, template);
  return before === after ? { before: template, after: `${template} /* ${wrapped.column} bare */` } : { before, after };
}
