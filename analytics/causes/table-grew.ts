import { times, usesTable } from './cause.js';
import type { CauseRule } from './cause.js';

const min_growth_ratio = 1.2;
const min_rows = 1_000;

/** A table of this query holds many more rows than before the onset. */
const table_grew: CauseRule = {
  kind: 'table_grew',
  is_own: true,
  explain(facts) {
    const table = facts.tables.find(
      (table) =>
        table.is_known_before === 1 &&
        table.is_known_after === 1 &&
        usesTable(facts, table.schema_name, table.table_name) &&
        table.rows_after >= min_rows &&
        table.rows_after >= min_growth_ratio * table.rows_before,
    );
    if (table === undefined) return undefined;
    const name = `${table.schema_name}.${table.table_name}`;
    const by =
      table.rows_before > 0 ? `${times(table.rows_after / table.rows_before)} the rows it had` : 'rows, it was empty';
    return {
      sentence: `Table ${name} holds ${by} before the onset (${table.rows_before} → ${table.rows_after}).`,
      object_name: name,
      subject: '',
      occurred_at: null,
    };
  },
};
export default table_grew;
