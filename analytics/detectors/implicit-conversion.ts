import type {
  Detector,
  DetectorInput,
  DetectorTools,
  Estimate,
  JudgedQuery,
  PlanIssue,
  PlanNode,
} from '@plumbline/contracts';
import { catalogOf, type Catalog } from '../advisors/catalog.js';
import { ruledTimeRatio, savedSecondsPerDay } from '../advisors/estimate.js';
import { bytesText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { nodeAt, queryPlanIssues } from '../advisors/query-plan-issues.js';
import { scanInSpiteOfIndex } from '../advisors/scan-in-spite-of-index.js';
import { severityOf } from '../advisors/severity.js';
import { convertedColumns } from '../plan/issues/implicit-conversion.js';
import { rowsText } from '../plan/issues/issue.js';

const thresholds = {
  min_calls: { value: 10, reason: 'one odd run is not a pattern' },
  min_table_rows: { value: 10_000, reason: 'a smaller table is read in full as fast as by an index' },
  min_read_share: { value: 0.5, reason: 'a lookup by index reads a few pages, never half of the table' },
  max_returned_share: {
    value: 0.01,
    reason: 'a value that a hundredth of all rows have may be read in full by choice',
  },
  min_saved_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A value of another type is compared with a column, and the database turns the column into the value's type row by row:
 * an index on the column cannot be used. Told from the plan, by the engine's own warning or by a cast in the condition of
 * a full scan that the statement does not ask for. A plan made without values never shows it, because there a parameter
 * has the column's type: then it is told when the plan looks rows up by an index and the runs read the table all the same.
 * A cast that the statement asks for is non-sargable-predicate's.
 */
const detector = {
  name: 'implicit-conversion',
  summary: 'A column is converted to the type of the value it is compared with',
  needs: ['statements', 'plans', 'tables'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT note FROM orders WHERE id = 4711.0 -- (id)::numeric = 4711.0: all of orders is read',
    after: 'SELECT note FROM orders WHERE id = 4711',
  },
  async detect(input, tools) {
    const catalog = catalogOf(input);
    return input.queries
      .flatMap((query) =>
        [...shownByPlan(query, catalog, tools), ...shownByReads(query, input, catalog)].map((conversion) =>
          finding(input, catalog, query, conversion),
        ),
      )
      .filter((found) => found.saved_seconds_per_day.value >= thresholds.min_saved_seconds_per_day.value);
  },
} satisfies Detector;
export default detector;

interface Conversion {
  /** '' where only the engine's own words tell. */
  readonly column: string;
  readonly table: string;
  readonly sentence: string;
  readonly rewrite: { readonly before: string; readonly after: string };
  /** Part of the query's cost that goes into the scan. */
  readonly share: number;
  readonly shown_by: { readonly label: string; readonly value: string };
}

function shownByPlan(query: JudgedQuery, catalog: Catalog, tools: DetectorTools): readonly Conversion[] {
  return queryPlanIssues(query, catalog, tools)
    .filter(({ kind }) => kind === 'implicit_conversion')
    .flatMap((issue) => conversionsOf(query, issue));
}

function conversionsOf(query: JudgedQuery, { path, table, sentence }: PlanIssue): readonly Conversion[] {
  const node = query.plan && nodeAt(query.plan, path);
  if (!query.plan || !node) return [];
  const share = shareOf(node, query.plan);
  const told = {
    table,
    sentence,
    share,
    shown_by: { label: 'In the plan', value: `${percentText(share)} of its cost` },
  };
  if (node.warnings?.some(({ kind }) => kind === 'implicit_conversion')) {
    const after = `${query.template} /* values bound in the columns’ own types */`;
    return [{ ...told, column: '', rewrite: { before: query.template, after } }];
  }
  return convertedColumns(node.filter_condition)
    .filter(({ column }) => !isAskedFor(query, column))
    .map(({ column, type }) => ({
      ...{ ...told, column },
      rewrite: { before: `(${column})::${type} = ?`, after: `${column} = ?` },
    }));
}

const scan_limits = {
  min_calls: thresholds.min_calls.value,
  min_table_rows: thresholds.min_table_rows.value,
  min_read_share: thresholds.min_read_share.value,
  max_returned_share: thresholds.max_returned_share.value,
};

function shownByReads(query: JudgedQuery, input: DetectorInput, catalog: Catalog): readonly Conversion[] {
  if (!['ast', 'ast_raw'].includes(query.features.feature_source)) return [];
  const scan = scanInSpiteOfIndex(query, input, catalog, scan_limits);
  if (!scan) return [];
  const { table, index, column, read_bytes_per_call } = scan;
  const [read, size] = [bytesText(read_bytes_per_call), bytesText(Number(table.size_bytes))];
  const type = catalog.columns(table).find((known) => sameName(known.column_name, column))?.data_type;
  return [
    {
      ...{ column, table: table.table_name, share: 1 },
      sentence:
        `Planned without values the statement looks ${column} up in ${index.index_name}, but each run reads ${read} and ` +
        `returns ${rowsText(query.rows_returned / query.calls)}: with the values that are really sent the index is ` +
        'not used, as when a number with decimals is bound for an integer.',
      rewrite: { before: `${column} = ?`, after: `${column} = cast(? as ${type ?? 'the column’s type'})` },
      shown_by: { label: 'Read per run', value: `${read}; the table holds ${size}` },
    },
  ];
}

const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The statement's own text holds a cast around the column; of a text that no parser took, that is not known. */
const isAskedFor = ({ features }: JudgedQuery, column: string): boolean =>
  !['ast', 'ast_raw'].includes(features.feature_source) ||
  features.predicates.some((predicate) => sameName(predicate.column, column) && predicate.wrapped_in !== '');

/** Where the plan tells no cost, half of it. */
const shareOf = (node: PlanNode, root: PlanNode): number =>
  root.total_cost && node.total_cost !== null ? Math.min(1, node.total_cost / root.total_cost) : 0.5;

/** What an index in the scan's place still costs: its rows must be fetched. */
const left_of_scan = 0.1;

function savedBy({ share }: Conversion, query: JudgedQuery): Estimate {
  return savedSecondsPerDay(query.total_time_us, query.span_s, ruledTimeRatio(1 - share * (1 - left_of_scan)));
}

function finding(input: DetectorInput, catalog: Catalog, query: JudgedQuery, conversion: Conversion) {
  const { column, table, sentence, shown_by } = conversion;
  const { instance_id } = input;
  const saved_seconds_per_day = savedBy(conversion, query);
  const own_type = column === '' ? undefined : typeOf(catalog, query, table, column);
  const name = column === '' ? `a column of query ${query.query_hash}` : `${table}.${column}`;
  return {
    target: `${query.database_name}.${query.query_hash}.${table}.${column}`,
    severity: severityOf(saved_seconds_per_day.value, input),
    title: `Compare ${name} with a value of its own type${own_type === undefined ? '' : `, ${own_type}`}`,
    reasoning: `${sentence} An index is ordered by the column as it is stored, so it cannot find the converted value.`,
    evidence: [
      timeEvidence(instance_id, query),
      evidence(shown_by.label, shown_by.value, shownBy('query_plans', { instance_id, query_hash: query.query_hash })),
    ],
    steps: [
      'Bind the value in the type of the column, or cast the value instead of the column.',
      'In a join, give both columns the same type.',
      'Then look at the plan again: an index that leads with the column must take the scan’s place.',
    ],
    action: { kind: 'rewrite_query' as const, ...conversion.rewrite },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: 'By rule: the scan’s part of the cost, less a tenth for fetching the rows; not planned anew.',
    query_hashes: [query.query_hash],
  };
}

function typeOf(catalog: Catalog, query: JudgedQuery, table: string, column: string): string | undefined {
  const row = catalog.table(query.database_name, '', table);
  return row && catalog.columns(row).find((known) => sameName(known.column_name, column))?.data_type;
}
