import { tellColumns, type Column, type ColumnsState } from '../../shared/columns.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { decimal, key, place, shaped, text, type RowOf } from '../fields.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';

const column_shape = {
  ...{ schema_name: key, table_name: key, column_name: key, column_id: place, data_type: key, data_length: decimal },
  ...{ data_precision: decimal, data_scale: decimal, nullable: text, num_distinct: decimal, num_nulls: decimal },
  ...{ avg_col_len: decimal, num_rows: decimal },
};
type Row = RowOf<typeof column_shape>;

const shape = 'oracle.schema.2';

/** `VARCHAR2(30)`, `NUMBER(10,2)`, `DATE` as CREATE TABLE spells it. */
export function dataTypeOf(row: Pick<Row, 'data_type' | 'data_length' | 'data_precision' | 'data_scale'>): string {
  const { data_type, data_length, data_precision, data_scale } = row;
  if (/CHAR|RAW/.test(data_type) && data_length !== null) return `${data_type}(${data_length})`;
  if (data_type !== 'NUMBER' || data_precision === null) return data_type;
  return data_scale === null || data_scale === 0
    ? `NUMBER(${data_precision})`
    : `NUMBER(${data_precision},${data_scale})`;
}

/** Columns of the container connected to, with the optimizer's statistics. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<ColumnsState>(previous, shape);
    const read = shaped(await query('columns.sql'), column_shape);
    const window = windowOf(reading, before?.at);
    const { instance_id, source } = reading;
    const columns = read.rows.map((row) => columnOf(row, source.facts.database_name));
    const { rows, state } = tellColumns(shape, { instance_id, window }, columns, before);
    const outcome = worst(malformedOutcome(read.malformed, 'DBA_TAB_COLUMNS'));
    return collected(window, rows, state, read.rows.length, outcome);
  });

const columnOf = (row: Row, database_name: string): Column => ({
  ...{ database_name, schema_name: row.schema_name, table_name: row.table_name, column_name: row.column_name },
  ...{ ordinal: row.column_id, data_type: dataTypeOf(row), is_nullable: row.nullable === 'N' ? 0 : 1 },
  ...{ n_distinct: row.num_distinct, null_ratio: ratio(row.num_nulls, row.num_rows) },
  ...{ average_width_bytes: row.avg_col_len, correlation: null },
});

const ratio = (part: number | null, all: number | null): number | null =>
  part === null || all === null || all <= 0 ? null : Math.min(1, part / all);
