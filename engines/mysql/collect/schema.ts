import { aspect_ok } from '@plumbline/contracts';
import { no_statistics, tellColumns, type Column, type ColumnsState } from '../../shared/columns.js';
import { degraded } from '../../shared/outcome.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import type { Fields } from '../fields.js';
import { grantTables } from '../grants.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

const shape = 'mysql.schema.2';

/** Columns of every table that may be seen, with what the indexes tell of them. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const { facts } = reading.source;
    const before = stateOf<ColumnsState>(previous, shape);
    const views = new Set((await query(statement('views.sql'))).map(tableKey));
    const read = (await query(statement('columns.sql'))).filter((row) => !views.has(tableKey(row)));
    const distinct = distinctByColumn(await query(statement(`indexes-${facts.family}.sql`)));
    const window = windowOf(reading, before?.at);
    const columns = read.map((row) => columnOf(row, distinct));
    const { rows, state } = tellColumns(shape, { instance_id: reading.instance_id, window }, columns, before);
    const outcome = read.length > 0 ? aspect_ok : degraded('no table is visible', grantTables(facts));
    return collected(window, rows, state, read.length, outcome);
  });

const tableKey = (row: Fields): string => JSON.stringify([row.text('schema_name'), row.text('table_name')]);

/** How many values a column has, as the index that begins with it tells it. */
function distinctByColumn(index_columns: readonly Fields[]): ReadonlyMap<string, number> {
  const distinct = new Map<string, number>();
  for (const row of index_columns) {
    const cardinality = row.number('cardinality');
    if (row.text('place') !== '1' || row.isNull('column_name') || cardinality === null || cardinality <= 0) continue;
    const names = [row.text('schema_name'), row.text('table_name'), row.text('column_name')];
    distinct.set(JSON.stringify(names), cardinality);
  }
  return distinct;
}

function columnOf(row: Fields, distinct: ReadonlyMap<string, number>): Column {
  const names = {
    schema_name: row.text('schema_name'),
    table_name: row.text('table_name'),
    column_name: row.text('column_name'),
  };
  return {
    database_name: names.schema_name,
    ...names,
    ordinal: Number(row.whole('ordinal')),
    data_type: typeWithoutValues(row.text('data_type')),
    is_nullable: row.flag('is_nullable') ? 1 : 0,
    ...no_statistics,
    n_distinct: distinct.get(JSON.stringify(Object.values(names))) ?? null,
  };
}

/** `enum('new','paid')` → `enum(2)`: what stands in it is somebody's data. */
const typeWithoutValues = (type: string): string =>
  type.replace(/^(enum|set)\((.*)\)/is, (_all, word: string, values: string) => {
    const labels = values.match(/'(?:[^']|'')*'/g) ?? [];
    return `${word}(${labels.length})`;
  });
