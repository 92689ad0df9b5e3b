import { no_statistics, tellColumns, type Column, type ColumnsState } from '../../shared/columns.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed, type Fields } from '../fields.js';
import { statement } from '../statement.js';
import { ofEachDatabase } from './each-database.js';
import { outcomeOf } from './outcome.js';
import type { CollectAspect } from './reading.js';

const shape = 'sqlserver.schema.2';

const columnOf =
  (database_name: string) =>
  (row: Fields): Column => ({
    ...{ database_name, schema_name: row.text('schema_name'), table_name: row.text('table_name') },
    ...{ column_name: row.text('column_name'), ordinal: row.number('column_id') ?? 0 },
    data_type: dataType(row),
    is_nullable: row.flag('is_nullable'),
    ...no_statistics,
  });

/** Two bytes per character; -1 is max. */
const with_characters: ReadonlySet<string> = new Set(['nchar', 'nvarchar']);
const with_bytes: ReadonlySet<string> = new Set(['char', 'varchar', 'binary', 'varbinary']);
const with_scale: ReadonlySet<string> = new Set(['datetime2', 'datetimeoffset', 'time']);

function dataType(row: Fields): string {
  const name = row.text('type_name');
  const length = row.number('max_length') ?? 0;
  if (with_characters.has(name)) return `${name}(${length < 0 ? 'max' : length / 2})`;
  if (with_bytes.has(name)) return `${name}(${length < 0 ? 'max' : length})`;
  if (name === 'decimal' || name === 'numeric')
    return `${name}(${row.number('precision_digits') ?? 0},${row.number('scale_digits') ?? 0})`;
  return with_scale.has(name) ? `${name}(${row.number('scale_digits') ?? 0})` : name;
}

/** Columns of every database that may be read. Value statistics are not read. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<ColumnsState>(previous, shape);
    const read = await ofEachDatabase(
      query,
      reading,
      async (name) => parsed(await query(statement('columns.sql'), {}, name), columnOf(name)).rows,
    );
    const window = windowOf(reading, before?.at);
    const place = { instance_id: reading.instance_id, window };
    const { rows, state } = tellColumns(shape, place, read.rows, before, read.silent);
    return collected(window, rows, state, read.rows.length, outcomeOf(read.gaps));
  });
