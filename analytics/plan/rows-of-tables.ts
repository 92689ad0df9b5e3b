import type { ViewRow } from '@plumbline/contracts';
import { tableRow } from '../advice/judged-input.js';
import { catalogOf, rowsOf } from '../advisors/catalog.js';
import type { PlanFacts } from './issues/issue.js';

/** Rows of the tables that a plan names, where one of the query's databases alone has a table of that name. */
export function rowsOfTables(
  tables: readonly ViewRow<'tables_latest'>[],
  database_names: readonly string[],
): PlanFacts['rows_of'] {
  const catalog = catalogOf({ tables: tables.map(tableRow), columns: [], indexes: [] });
  return (schema, name) => {
    const [found, ...others] = database_names.flatMap((database) => catalog.table(database, schema, name) ?? []);
    return found && others.length === 0 ? rowsOf(found) : undefined;
  };
}
