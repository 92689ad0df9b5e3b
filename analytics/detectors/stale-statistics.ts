import {
  fromUtc,
  type Detector,
  type DetectorInput,
  type Regression,
  type TableSnapshotRow,
} from '@plumbline/contracts';
import { catalogOf, qualifiedName, rowsOf, tableKey } from '../advisors/catalog.js';
import { countText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_rows: { value: 1_000, reason: 'for a smaller table the planner’s guess is good enough' },
  min_modified_ratio: {
    value: 0.2,
    reason: 'automatic analysis starts at a tenth by default; twice that means it does not keep up',
  },
  min_age_s: { value: 600, reason: 'a bulk load is analyzed within minutes by itself' },
} as const;

/**
 * Much of a table changed since its statistics were gathered, or they never were, so the planner counts rows that are
 * no longer so. Told for tables that judged queries use, and always when a regression names stale statistics as cause.
 */
const detector = {
  name: 'stale-statistics',
  summary: 'The planner’s row statistics are older than the table’s content',
  needs: ['statements', 'tables'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: '40 % of orders changed since it was analyzed; the planner expects 100 rows and reads 50,000',
    after: 'ANALYZE orders',
  },
  async detect(input) {
    const used = usedTables(input);
    return input.tables.flatMap((table) => {
      const caused = causedRegressions(input, table);
      if (caused.length === 0 && !(used.has(tableKey(table)) && isStale(table))) return [];
      const extra = caused.reduce((sum, regression) => sum + Math.max(0, regression.extra_seconds_per_day), 0);
      const modified = Number(table.modified_since_analyze_rows);
      return [
        {
          target: tableKey(table),
          severity: caused.length > 0 ? severityOf(extra, input, caused) : ('warning' as const),
          title: `Refresh the statistics of ${qualifiedName(table)}`,
          reasoning:
            (table.last_analyzed_at === null
              ? `${qualifiedName(table)} was never analyzed, so the planner guesses its rows and values. `
              : `${countText(modified)} rows of ${qualifiedName(table)} changed since it was analyzed at ${table.last_analyzed_at} UTC. `) +
            'A plan chosen on wrong row counts may be far from the best.',
          evidence: [
            evidence(
              'Changed since analyzed',
              `${countText(modified)} of ${countText(rowsOf(table))} rows (${percentText(modifiedRatio(table))})`,
              shownBy('tables_latest', { instance_id: input.instance_id }),
            ),
            evidence(
              'Rows as the planner believes',
              table.estimated_rows === null
                ? 'unknown'
                : `${countText(table.estimated_rows)}, counted ${countText(Number(table.live_rows))}`,
              shownBy('tables_latest', { instance_id: input.instance_id }),
            ),
            ...caused.map((regression) =>
              evidence(
                'Regression',
                regression.cause.sentence,
                shownBy('regressions_latest', { instance_id: input.instance_id }),
              ),
            ),
          ],
          steps: [
            'Run the statement below; it reads a sample and blocks neither reads nor writes.',
            'If it grows stale again, let automatic analysis start earlier for this table.',
          ],
          action: {
            kind: 'analyze_table' as const,
            database_name: table.database_name,
            schema_name: table.schema_name,
            table_name: table.table_name,
          },
          // The old plan may not come back, so what a regression costs is the most that can be won.
          saved_seconds_per_day: extra > 0 ? { value: extra / 2, low: 0, high: extra } : null,
          cost_bytes: 0,
          cost_write_seconds_per_day: 0,
          proof: 'not_proven' as const,
          proof_note: 'By counters: which plan the planner will choose on fresh statistics is known only afterwards.',
          query_hashes: queriesOn(input, table, caused),
        },
      ];
    });
  },
} satisfies Detector;
export default detector;

function usedTables(input: DetectorInput): ReadonlySet<string> {
  const catalog = catalogOf(input);
  return new Set(input.queries.flatMap((query) => catalog.tablesOf(query).map(tableKey)));
}

const modifiedRatio = (table: TableSnapshotRow) =>
  Number(table.modified_since_analyze_rows) / Math.max(1, Number(table.live_rows));

function isStale(table: TableSnapshotRow): boolean {
  if (Number(table.live_rows) < thresholds.min_rows.value) return false;
  if (table.last_analyzed_at === null) return true;
  const age_s = (fromUtc(table.window_end).getTime() - fromUtc(table.last_analyzed_at).getTime()) / 1000;
  return age_s >= thresholds.min_age_s.value && modifiedRatio(table) >= thresholds.min_modified_ratio.value;
}

const causedRegressions = (input: DetectorInput, table: TableSnapshotRow): readonly Regression[] =>
  input.regressions.filter(
    ({ cause }) => cause.kind === 'statistics_stale' && cause.object_name === qualifiedName(table),
  );

function queriesOn(input: DetectorInput, table: TableSnapshotRow, caused: readonly Regression[]): readonly string[] {
  const catalog = catalogOf(input);
  const users = input.queries.filter((query) =>
    catalog.tablesOf(query).some((one) => tableKey(one) === tableKey(table)),
  );
  return [...new Set([...caused.map((one) => one.query_hash), ...users.map((query) => query.query_hash)])];
}
