import { usesTable } from './cause.js';
import type { CauseRule } from './cause.js';

/** Share of a table's rows changed since it was last analyzed above which its statistics mislead (twice the 10 % at which PostgreSQL's autovacuum analyzes). */
const min_modified_ratio = 0.2;
const min_rows = 1_000;

/** The optimizer plans a table of this query with statistics from before most of its rows were changed. */
const statistics_stale: CauseRule = {
  kind: 'statistics_stale',
  is_own: true,
  explain(facts) {
    const table = facts.tables.find(
      (table) =>
        usesTable(facts, table.schema_name, table.table_name) &&
        table.rows_after >= min_rows &&
        table.modified_rows >= min_modified_ratio * table.rows_after,
    );
    if (table === undefined) return undefined;
    const name = `${table.schema_name}.${table.table_name}`;
    const share = Math.round((100 * table.modified_rows) / table.rows_after);
    const estimate =
      table.estimated_rows === null
        ? 'it was never analyzed'
        : `the optimizer believes in ${Math.round(table.estimated_rows)} rows of ${Math.round(table.rows_after)}`;
    return {
      sentence: `Rows worth ${share} % of ${name} changed since its statistics were gathered; ${estimate}.`,
      object_name: name,
      subject: '',
      occurred_at: null,
    };
  },
};
export default statistics_stale;
