import type { Detector, DetectorInput, Finding, ReflectionShape } from '@plumbline/contracts';
import { catalogOf, qualifiedName, rowsOf, tableKey, type Catalog } from '../advisors/catalog.js';
import { datasetPath, holdsColumns, isSameDataset, pathOfTable } from '../advisors/dataset-path.js';
import { ruledTimeRatio, savedSecondsPerDay, secondsPerDay, sumEstimates } from '../advisors/estimate.js';
import { bytesText, countText, evidence, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { mergedShape, reflectionFor, type ReflectionCandidate } from '../advisors/reflection-candidates.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_table_rows: { value: 1_000_000, reason: 'a smaller table is read in full in about a second' },
  min_calls_per_day: { value: 4, reason: 'each refresh reads the table once: fewer reads than that are not worth it' },
  min_seconds_per_day: { value: 60, reason: 'a stored copy wants care; below a minute a day nobody will thank for it' },
  min_read_share: {
    value: 0.3,
    reason: 'whoever reads less of its columns’ part of the table already leaves partitions out or uses a reflection',
  },
  max_group_share: { value: 0.1, reason: 'an aggregate with more groups than that is nearly as large as the table' },
  max_kept_share: { value: 0.01, reason: 'a sorted copy helps those who keep few rows, not those who read most' },
  max_dimensions: { value: 8, reason: 'with each further dimension the aggregate comes nearer to the table itself' },
  ruled_rest_share: { value: 0.1, reason: 'what is taken to remain to be read; how much really is, only a run tells' },
  value_bytes: { value: 8, reason: 'a number or short text as stored, before compression' },
} as const;

/**
 * A large table is read (nearly) in full again and again, to be folded into few groups or to keep few rows, and no
 * reflection of it holds the columns for that. Queries of one table are served by one reflection. Only queries whose
 * columns are all known are judged: one table, no joins, plain aggregates. One that reads little of the table already is
 * left alone, for it is answered from a reflection or leaves partitions out.
 */
const detector = {
  name: 'reflection-missing',
  summary: 'Queries read a large table in full although a reflection could answer them',
  needs: ['statements', 'tables', 'columns', 'reflections'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT region, sum(total) FROM lake.sales GROUP BY region -- reads 300 GB, 50 times a day',
    after:
      'ALTER DATASET lake.sales CREATE AGGREGATE REFLECTION plumbline_sales_region USING DIMENSIONS (region) MEASURES (total (SUM))',
  },
  async detect(input) {
    const catalog = catalogOf(input);
    const candidates = input.queries
      .flatMap((query) => reflectionFor(query, catalog) ?? [])
      .filter((candidate) => isRepeated(candidate) && readsMost(candidate, catalog) && keepsLittle(candidate))
      .filter((candidate) => !isHeld(candidate, input))
      .sort((one, other) => daily(other) - daily(one));
    const keys = [...new Set(candidates.map(groupKey))];
    return keys
      .map((key) => fitting(candidates.filter((candidate) => groupKey(candidate) === key)))
      .filter((group) => group.reduce((sum, one) => sum + daily(one), 0) >= thresholds.min_seconds_per_day.value)
      .flatMap((group) => (group[0] ? [finding(input, group, group[0].table)] : []));
  },
} satisfies Detector;
export default detector;

const daily = ({ query }: ReflectionCandidate): number => secondsPerDay(query.total_time_us, query.span_s);
const groupKey = ({ table, shape }: ReflectionCandidate): string => `${tableKey(table)}.${shape.kind}`;

const isRepeated = ({ query }: ReflectionCandidate): boolean =>
  query.span_s > 0 && (query.calls / query.span_s) * 86_400 >= thresholds.min_calls_per_day.value;

/** Of the bytes that the columns it needs take, as far as the table's size is known. */
function readsMost({ query, table, shape }: ReflectionCandidate, catalog: Catalog): boolean {
  if (rowsOf(table) < thresholds.min_table_rows.value || query.calls === 0) return false;
  const all = catalog.columns(table).length;
  const needed = shape.kind === 'raw' ? shape.display_columns : [...shape.dimension_columns, ...shape.measures];
  const expected_bytes = Number(table.size_bytes) * (Math.max(1, needed.length) / Math.max(1, all));
  return query.logical_read_bytes / query.calls >= expected_bytes * thresholds.min_read_share.value;
}

function keepsLittle({ query, table, shape }: ReflectionCandidate): boolean {
  const { max_group_share, max_kept_share } = thresholds;
  const most = shape.kind === 'raw' ? max_kept_share.value : max_group_share.value;
  return query.rows_returned / query.calls <= rowsOf(table) * most;
}

/** Whether one is there that has all it needs. That it is not used then has another reason than its absence. */
const isHeld = ({ table, shape }: ReflectionCandidate, { reflections }: DetectorInput): boolean =>
  (reflections ?? []).some(
    (one) =>
      one.is_enabled === 1 &&
      one.kind === shape.kind &&
      isSameDataset(datasetPath(one.dataset_name), pathOfTable(table)) &&
      holdsColumns(one.display_columns, shape.display_columns) &&
      holdsColumns(one.sort_columns, shape.sort_columns.slice(0, 1)) &&
      holdsColumns(one.dimension_columns, shape.dimension_columns) &&
      holdsColumns(
        one.measure_columns,
        shape.measures.map(({ column }) => column),
      ),
  );

/** The costliest first, then each that fits beside those before it: one order of rows, and not too many dimensions. */
function fitting(candidates: readonly ReflectionCandidate[]): readonly ReflectionCandidate[] {
  const chosen: ReflectionCandidate[] = [];
  for (const candidate of candidates) {
    const { dimension_columns, sort_columns } = mergedShape([...chosen, candidate]);
    const has_its_order = candidate.shape.sort_columns.every((name, place) => sort_columns[place] === name);
    if (dimension_columns.length <= thresholds.max_dimensions.value && has_its_order) chosen.push(candidate);
  }
  return chosen;
}

function finding(
  input: DetectorInput,
  group: readonly ReflectionCandidate[],
  table: ReflectionCandidate['table'],
): Finding {
  const { instance_id } = input;
  const merged = mergedShape(group);
  const reflection = { reflection_name: nameOf(table.table_name, merged), ...merged };
  const ratio = ruledTimeRatio(thresholds.ruled_rest_share.value);
  const saved = sumEstimates(group.map(({ query }) => savedSecondsPerDay(query.total_time_us, query.span_s, ratio)));
  const is_raw = reflection.kind === 'raw';
  const read_bytes = Math.max(...group.map(({ query }) => query.logical_read_bytes / query.calls));
  return {
    target: `${tableKey(table)}.${reflection.kind}`,
    severity: severityOf(saved.value, input),
    title: `Create ${is_raw ? 'a sorted raw' : 'an aggregate'} reflection of ${qualifiedName(table)}`,
    reasoning:
      `${group.length === 1 ? 'A query reads' : `${group.length} queries read`} ${qualifiedName(table)} ` +
      `(${countText(rowsOf(table))} rows) again and again, ` +
      (is_raw
        ? `to keep few rows by ${reflection.sort_columns.join(', ')}; `
        : `to fold it by ${reflection.dimension_columns.join(', ')}; `) +
      'no reflection of it holds what they need.',
    evidence: [
      evidence(
        `Read of ${qualifiedName(table)}`,
        `up to ${bytesText(read_bytes)} per run; all of it is ${bytesText(Number(table.size_bytes))}`,
        shownBy('tables_latest', { instance_id }),
      ),
      evidence(
        'Reflections of it',
        countText(reflectionsOf(input, pathOfTable(table)).length),
        shownBy('reflections_latest', { instance_id }),
      ),
      ...group.map(({ query }) => timeEvidence(instance_id, query)),
    ],
    steps: [
      'If the queries read views of this table, make the reflection of the view that they share instead.',
      'Where Dremio recommends reflections itself (Cloud and Enterprise 26), compare: SELECT * FROM TABLE(SYS.RECOMMEND_REFLECTIONS(ARRAY[…job ids…])).',
      'Create it with the statement below, and set how often it is refreshed: queries see data as old as that.',
      'Watch the measurement: it begins with the first run that the reflection answers.',
    ],
    action: {
      ...{
        kind: 'create_reflection',
        database_name: table.database_name,
        dataset_path: pathOfTable(table),
        reflection,
      },
    },
    saved_seconds_per_day: saved,
    cost_bytes: sizeBytes(table, reflection),
    cost_write_seconds_per_day: null,
    proof: 'not_proven',
    proof_note:
      'By rule: no engine of this kind can plan with a reflection that is not there. Size: at most, ' +
      `${countText(rowsOf(table))} rows as the table has, ${bytesText(thresholds.value_bytes.value)} a value, not compressed. ` +
      'What its refreshes cost depends on how often they run.',
    query_hashes: [...new Set(group.map(({ query }) => query.query_hash))],
  };
}

const reflectionsOf = ({ reflections }: DetectorInput, path: readonly string[]) =>
  (reflections ?? []).filter((one) => isSameDataset(datasetPath(one.dataset_name), path));

function sizeBytes(table: Parameters<typeof rowsOf>[0], { kind, ...shape }: ReflectionShape): number {
  const values =
    kind === 'raw'
      ? shape.display_columns.length
      : shape.dimension_columns.length + shape.measures.reduce((sum, { functions }) => sum + functions.length, 0);
  return rowsOf(table) * values * thresholds.value_bytes.value;
}

/** `plumbline_sales_region_day`: of what it is and by what, so that a person knows it again. */
function nameOf(table_name: string, shape: Omit<ReflectionShape, 'reflection_name'>): string {
  const by = shape.kind === 'raw' ? shape.sort_columns : shape.dimension_columns;
  return ['plumbline', table_name, ...by]
    .join('_')
    .replace(/[^\p{L}\p{N}_]+/gu, '_')
    .slice(0, 60);
}
