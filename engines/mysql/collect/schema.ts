import { utc, type AspectOutcome, type ColumnSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import type { Fields } from '../fields.js';
import { grantTables } from '../grants.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

interface Column {
  readonly schema_name: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly ordinal: number;
  readonly data_type: string;
  readonly is_nullable: boolean;
  readonly n_distinct: number | null;
}

type Known = readonly [table: string, column: string, type: string, statistics: string];

interface SchemaState {
  readonly shape: 'mysql.schema.1';
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  readonly columns: Readonly<Record<string, Known>>;
}

const shape = 'mysql.schema.1';
const tell_again_ms = 24 * 3600 * 1000;

const keyOf = (column: Column): string => JSON.stringify([column.schema_name, column.table_name, column.column_name]);

/** A row per column when it is first seen, when it or its statistics changed, and once a day. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const { facts } = reading.source;
    const before = stateOf<SchemaState>(previous, shape);
    const views = new Set((await query(statement('views.sql'))).map(tableKey));
    const rows = (await query(statement('columns.sql'))).filter((row) => !views.has(tableKey(row)));
    const distinct = distinctByColumn(await query(statement(`indexes-${facts.family}.sql`)));
    const read = rows.map((row) => columnOf(row, distinct));
    const window = windowOf(reading, before?.at);
    const known = Object.fromEntries(read.map((column): [string, Known] => [keyOf(column), knownOf(column)]));
    const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
    const column_snapshots = read
      .filter((column) => tells_all || known[keyOf(column)]?.join() !== before?.columns[keyOf(column)]?.join())
      .map((column): Omit<ColumnSnapshotRow, 'batch_id'> => ({
        ...{ instance_id: reading.instance_id, database_name: column.schema_name, observed_at: utc(window.end) },
        ...column,
        is_nullable: column.is_nullable ? 1 : 0,
        ...{ null_ratio: null, average_width_bytes: null, correlation: null },
      }));
    const base = { instance_id: reading.instance_id, query_hash: '', kind: 'column_changed' as const };
    const times = { occurred_at: utc(window.end), noticed_after: utc(window.start) };
    const instance_events = changesOf(before?.columns, known).map((change) => ({ ...base, ...times, ...change }));
    const at = window.end.toISOString();
    const state: SchemaState = { shape, at, told_at: tells_all ? at : (before?.told_at ?? at), columns: known };
    const outcome: AspectOutcome =
      read.length > 0
        ? { state: 'ok', message: '', fix: '' }
        : { state: 'degraded', message: 'no table is visible', fix: grantTables(facts) };
    return collected(window, { column_snapshots, instance_events }, state, rows.length, outcome);
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
    ...names,
    ordinal: Number(row.whole('ordinal')),
    data_type: typeWithoutValues(row.text('data_type')),
    is_nullable: row.flag('is_nullable'),
    n_distinct: distinct.get(JSON.stringify(Object.values(names))) ?? null,
  };
}

/** `enum('new','paid')` → `enum(2)`: what stands in it is somebody's data. */
const typeWithoutValues = (type: string): string =>
  type.replace(/^(enum|set)\((.*)\)/is, (_all, word: string, values: string) => {
    const labels = values.match(/'(?:[^']|'')*'/g) ?? [];
    return `${word}(${labels.length})`;
  });

const knownOf = (column: Column): Known => [
  `${column.schema_name}.${column.table_name}`,
  column.column_name,
  `${column.data_type}${column.is_nullable ? '' : ' not null'}`,
  [column.ordinal, column.n_distinct].join(),
];

type Change = Pick<InstanceEventRow, 'database_name' | 'object_name' | 'subject' | 'before' | 'after'>;

/** Columns added, dropped or retyped in tables that were and are there; whole tables are the tables aspect's. */
function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const tables = (columns: Readonly<Record<string, Known>>) => new Set(Object.values(columns).map(([table]) => table));
  const [were, are] = [tables(before), tables(now)];
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[key], now[key]];
    const [object_name = '', subject = ''] = was ?? is ?? [];
    if (was?.[2] === is?.[2] || !were.has(object_name) || !are.has(object_name)) continue;
    const database_name = object_name.split('.')[0] ?? '';
    changes.push({ database_name, object_name, subject, before: was?.[2] ?? '', after: is?.[2] ?? '' });
  }
  return changes;
}
