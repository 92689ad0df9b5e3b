import type { ColumnSnapshotRow, Detector, JudgedQuery } from '@plumbline/contracts';
import { catalogOf } from '../advisors/catalog.js';
import { bytesText, countText, durationText, evidence, shownBy } from '../advisors/evidence.js';
import { secondsPerDay } from '../advisors/estimate.js';

const thresholds = {
  min_calls: { value: 100, reason: 'a statement typed by hand may read what it likes' },
  min_row_width_bytes: { value: 200, reason: 'a narrow row travels in the same packet whatever is named' },
  min_seconds_per_day: { value: 10, reason: 'below ten seconds a day nobody will thank for the change' },
} as const;

/**
 * A frequent statement reads every column of a wide table. Wide values are fetched, decompressed, sent and thrown away;
 * no index can answer alone; and a column added later changes what the application receives.
 */
const detector = {
  name: 'select-star',
  summary: 'A frequent SELECT * reads every column of a wide row',
  needs: ['statements', 'columns'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'SELECT * FROM customers WHERE id = ?',
    after: 'SELECT id, name, email FROM customers WHERE id = ?',
  },
  async detect(input) {
    const catalog = catalogOf(input);
    const columnsOf = (query: JudgedQuery) => catalog.tablesOf(query).flatMap((table) => catalog.columns(table));
    return input.queries
      .filter(
        (query) => isFrequentStar(query) && rowWidthBytes(columnsOf(query)) >= thresholds.min_row_width_bytes.value,
      )
      .map((query) => ({
        target: `${query.database_name}.${query.query_hash}`,
        severity: 'info' as const,
        title: `Name the columns instead of SELECT * in query ${query.query_hash}`,
        reasoning:
          `Each row is ${bytesText(rowWidthBytes(columnsOf(query)))} wide over ${columnsOf(query).length} columns. ` +
          'Reading only what is used saves the fetch and the transfer of the rest and lets an index answer alone.',
        evidence: [
          evidence(
            'Runs',
            `${countText(query.calls)} in ${durationText(query.span_s)}, ${countText(query.rows_returned)} rows returned`,
            shownBy('query_top', { instance_id: input.instance_id }),
          ),
          evidence(
            'Widest columns',
            widest(columnsOf(query)),
            shownBy('columns_latest', { instance_id: input.instance_id }),
          ),
        ],
        steps: [
          'Find the statement in the application and the fields that it uses of the answer.',
          'Name only these columns; leave out the wide ones first.',
        ],
        action: {
          kind: 'rewrite_query' as const,
          before: query.template,
          after: named(query.template, columnsOf(query)),
        },
        // How much of the time goes into columns nobody reads, no counter of the database tells.
        saved_seconds_per_day: null,
        cost_bytes: 0,
        cost_write_seconds_per_day: 0,
        proof: 'not_proven' as const,
        proof_note: 'Read from the statement and the column widths; which columns the application uses is not visible.',
        query_hashes: [query.query_hash],
      }));
  },
} satisfies Detector;
export default detector;

function isFrequentStar({ features, calls, total_time_us, span_s, rows_returned }: JudgedQuery): boolean {
  return (
    features.selects_star &&
    features.statement_class === 'select' &&
    features.feature_source !== 'none' &&
    features.feature_source !== 'tokens' &&
    calls >= thresholds.min_calls.value &&
    rows_returned > 0 &&
    secondsPerDay(total_time_us, span_s) >= thresholds.min_seconds_per_day.value
  );
}

const widthOf = (column: ColumnSnapshotRow) => column.average_width_bytes ?? 0;
const rowWidthBytes = (columns: readonly ColumnSnapshotRow[]) =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

const widest = (columns: readonly ColumnSnapshotRow[]) =>
  [...columns]
    .sort((one, other) => widthOf(other) - widthOf(one))
    .slice(0, 3)
    .map((column) => `${column.table_name}.${column.column_name} ${bytesText(widthOf(column))}`)
    .join(', ');

/** The statement with the columns spelled out, where the star stands alone and the table's columns are known. */
function named(template: string, columns: readonly ColumnSnapshotRow[]): string {
  const of_one_table = new Set(columns.map((column) => column.table_name)).size === 1;
  const star = /^(\s*select\s+)\*(?=\s)/i;
  if (!of_one_table || !star.test(template)) return template.replace(/\*/, '/* name the columns that are used */');
  const names = [...columns].sort((one, other) => one.ordinal - other.ordinal).map((column) => column.column_name);
  return template.replace(star, (_all, select: string) => `${select}${names.join(', ')}`);
}
