import type { AspectOutcome } from '@plumbline/contracts';
import { no_statistics, tellColumns, type Column, type ColumnsState } from '../../shared/columns.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { numberOf, textOf, type Fields } from '../fields.js';
import { isResting, type CollectAspect } from './reading.js';

const shape = 'dremio.schema.2';
const most_columns = 50_000;

const columns_sql =
  'SELECT TABLE_SCHEMA AS "s", TABLE_NAME AS "t", COLUMN_NAME AS "c", ORDINAL_POSITION AS "n", IS_NULLABLE AS "nullable", ' +
  `DATA_TYPE AS "type" FROM INFORMATION_SCHEMA."COLUMNS" WHERE TABLE_SCHEMA <> 'sys' AND ` +
  `TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION LIMIT ${most_columns + 1}`;

/** Columns of tables and views. Dremio keeps no statistics. */
export const schema: CollectAspect = async (reading, previous) => {
  const before = stateOf<ColumnsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const { instance_id, source, tools } = reading;
  const read = (await source.query(columns_sql, tools.abort)).rows;
  const columns = read.slice(0, most_columns).map((fields) => columnOf(fields, source.facts.database_name));
  const { rows, state } = tellColumns(shape, { instance_id, window }, columns, before);
  return collected(window, rows, state, read.length, outcomeOf(read.length));
};

const columnOf = (fields: Fields, database_name: string): Column => ({
  database_name,
  schema_name: textOf(fields['s']),
  table_name: textOf(fields['t']),
  column_name: textOf(fields['c']),
  ordinal: Math.max(0, Math.round(numberOf(fields['n']) ?? 0)),
  data_type: textOf(fields['type']).toLowerCase(),
  is_nullable: /^n/i.test(textOf(fields['nullable'])) ? 0 : 1,
  ...no_statistics,
});

function outcomeOf(rows: number): AspectOutcome {
  if (rows <= most_columns) return { state: 'ok', message: '', fix: '' };
  return {
    state: 'degraded',
    message: `the catalog has more than ${most_columns} columns: the rest, in order of the schema's name, is left out`,
    fix: 'Watch it as a user who is shown only the sources and spaces that matter',
  };
}
