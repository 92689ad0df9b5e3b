import { utc, type ColumnSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed, type Fields } from '../fields.js';
import { statement } from '../statement.js';
import { ofEachDatabase } from './each-database.js';
import { outcomeOf } from './outcome.js';
import type { CollectAspect } from './reading.js';

type Column = Pick<
  ColumnSnapshotRow,
  'database_name' | 'schema_name' | 'table_name' | 'column_name' | 'ordinal' | 'data_type' | 'is_nullable'
>;
type Known = readonly [database_name: string, table: string, column: string, type: string];

interface SchemaState {
  readonly shape: 'sqlserver.schema.1';
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  readonly columns: Readonly<Record<string, Known>>;
}

const shape = 'sqlserver.schema.1';
const tell_again_ms = 24 * 3600 * 1000;

const keyOf = (column: Column): string =>
  JSON.stringify([column.database_name, column.schema_name, column.table_name, column.column_name]);
const knownOf = (column: Column): Known => [
  column.database_name,
  `${column.schema_name}.${column.table_name}`,
  column.column_name,
  `${column.data_type}${column.is_nullable === 1 ? '' : ' not null'}`,
];

const columnOf =
  (database_name: string) =>
  (row: Fields): Column => ({
    ...{ database_name, schema_name: row.text('schema_name'), table_name: row.text('table_name') },
    ...{ column_name: row.text('column_name'), ordinal: row.number('column_id') ?? 0 },
    data_type: dataType(row),
    is_nullable: row.flag('is_nullable'),
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

/** A row per column when it is first seen, when it changed, and once a day. Value statistics are not read. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<SchemaState>(previous, shape);
    const read = await ofEachDatabase(
      query,
      reading,
      async (name) => parsed(await query(statement('columns.sql'), {}, name), columnOf(name)).rows,
    );
    const window = windowOf(reading, before?.at);
    const silent = Object.entries(before?.columns ?? {}).filter(([, [name]]) => read.silent.has(name));
    const known = Object.fromEntries([
      ...silent,
      ...read.rows.map((column): [string, Known] => [keyOf(column), knownOf(column)]),
    ]);
    const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
    const column_snapshots = read.rows
      .filter((column) => tells_all || known[keyOf(column)]?.join() !== before?.columns[keyOf(column)]?.join())
      .map((column): Omit<ColumnSnapshotRow, 'batch_id'> => ({
        ...{ instance_id: reading.instance_id, observed_at: utc(window.end), ...column },
        ...{ n_distinct: null, null_ratio: null, average_width_bytes: null, correlation: null },
      }));
    const base = { instance_id: reading.instance_id, query_hash: '', kind: 'column_changed' as const };
    const times = { occurred_at: utc(window.end), noticed_after: utc(window.start) };
    const instance_events = changesOf(before?.columns, known).map((change) => ({ ...base, ...times, ...change }));
    const at = window.end.toISOString();
    const state: SchemaState = { shape, at, told_at: tells_all ? at : (before?.told_at ?? at), columns: known };
    return collected(window, { column_snapshots, instance_events }, state, read.rows.length, outcomeOf(read.gaps));
  });

type Change = Pick<InstanceEventRow, 'database_name' | 'object_name' | 'subject' | 'before' | 'after'>;

/** Columns added, dropped or retyped in tables that were and are there; whole tables are the tables aspect's. */
function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const tables = (columns: Readonly<Record<string, Known>>) =>
    new Set(Object.values(columns).map(([database_name, table]) => `${database_name}.${table}`));
  const [were, are] = [tables(before), tables(now)];
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[key], now[key]];
    const [database_name = '', object_name = '', subject = ''] = was ?? is ?? [];
    const table = `${database_name}.${object_name}`;
    if (was?.[3] === is?.[3] || !were.has(table) || !are.has(table)) continue;
    changes.push({ database_name, object_name, subject, before: was?.[3] ?? '', after: is?.[3] ?? '' });
  }
  return changes;
}
