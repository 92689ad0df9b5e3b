import { tellColumns, type Column, type ColumnsState } from '../../shared/columns.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

const shape = 'postgresql.schema.2';

interface ColumnRead extends Omit<Column, 'database_name' | 'is_nullable'> {
  readonly is_nullable: boolean;
}

/** Columns of the configured database: types and statistics, never values. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<ColumnsState>(previous, shape);
    const read = await query<ColumnRead>(statement('columns.sql'));
    const window = windowOf(reading, before?.at);
    const { instance_id, source } = reading;
    const columns = read.map((column): Column => ({
      database_name: source.facts.database_name,
      ...column,
      is_nullable: column.is_nullable ? 1 : 0,
    }));
    const { rows, state } = tellColumns(shape, { instance_id, window }, columns, before);
    return collected(window, rows, state, read.length);
  });
