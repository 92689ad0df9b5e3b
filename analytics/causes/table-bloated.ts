import { times, usesTable } from './cause.js';
import type { CauseRule } from './cause.js';

const min_rows = 1_000;
/** Dead rows per live one: below it a full scan reads less than twice the pages. */
const min_dead_ratio = 1;
const min_growth_ratio = 2;

/** A table of this query holds many more dead rows than before the onset: every scan reads them too. */
const table_bloated: CauseRule = {
  kind: 'table_bloated',
  is_own: true,
  explain(facts) {
    const table = facts.tables.find(
      (table) =>
        table.is_known_before === 1 &&
        table.is_known_after === 1 &&
        usesTable(facts, table.schema_name, table.table_name) &&
        table.rows_after >= min_rows &&
        table.dead_rows_after >= min_dead_ratio * table.rows_after &&
        table.dead_rows_after >= min_growth_ratio * table.dead_rows_before,
    );
    if (table === undefined) return undefined;
    const name = `${table.schema_name}.${table.table_name}`;
    return {
      sentence: `Table ${name} holds ${times(table.dead_rows_after / table.rows_after)} as many dead rows as live ones (${table.dead_rows_before} → ${table.dead_rows_after}): vacuum did not keep up.`,
      object_name: name,
      subject: '',
      occurred_at: null,
    };
  },
};
export default table_bloated;
