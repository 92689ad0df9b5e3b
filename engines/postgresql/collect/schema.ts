import { utc, type ColumnSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

type Column = Pick<
  ColumnSnapshotRow,
  | 'schema_name'
  | 'table_name'
  | 'column_name'
  | 'ordinal'
  | 'data_type'
  | 'n_distinct'
  | 'null_ratio'
  | 'average_width_bytes'
  | 'correlation'
> & { readonly is_nullable: boolean };

type Known = readonly [table: string, column: string, type: string, statistics: string];

interface SchemaState {
  readonly shape: 'postgresql.schema.1';
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  readonly columns: Readonly<Record<string, Known>>;
}

const shape = 'postgresql.schema.1';
const tell_again_ms = 24 * 3600 * 1000;

const keyOf = (column: Column): string => JSON.stringify([column.schema_name, column.table_name, column.column_name]);
const typeOf = (column: Column): string => `${column.data_type}${column.is_nullable ? '' : ' not null'}`;
const statisticsOf = (column: Column): string =>
  [column.ordinal, column.n_distinct, column.null_ratio, column.average_width_bytes, column.correlation].join();

/** A row per column when it is first seen, when it or its statistics changed, and once a day. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<SchemaState>(previous, shape);
    const read = await query<Column>(statement('columns.sql'));
    const window = windowOf(reading, before?.at);
    const { database_name } = reading.source.facts;
    const known = Object.fromEntries(
      read.map((column): [string, Known] => [
        keyOf(column),
        [`${column.schema_name}.${column.table_name}`, column.column_name, typeOf(column), statisticsOf(column)],
      ]),
    );
    const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
    const column_snapshots = read
      .filter((column) => tells_all || known[keyOf(column)]?.join() !== before?.columns[keyOf(column)]?.join())
      .map((column): Omit<ColumnSnapshotRow, 'batch_id'> => ({
        ...{ instance_id: reading.instance_id, database_name, observed_at: utc(window.end) },
        ...column,
        is_nullable: column.is_nullable ? 1 : 0,
      }));
    const base = { instance_id: reading.instance_id, database_name, query_hash: '', kind: 'column_changed' as const };
    const times = { occurred_at: utc(window.end), noticed_after: utc(window.start) };
    const instance_events = changesOf(before?.columns, known).map((change) => ({ ...base, ...times, ...change }));
    const at = window.end.toISOString();
    const state: SchemaState = { shape, at, told_at: tells_all ? at : (before?.told_at ?? at), columns: known };
    return collected(window, { column_snapshots, instance_events }, state, read.length);
  });

type Change = Pick<InstanceEventRow, 'object_name' | 'subject' | 'before' | 'after'>;

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
    const [table = '', column = ''] = was ?? is ?? [];
    if (was?.[2] === is?.[2] || !were.has(table) || !are.has(table)) continue;
    changes.push({ object_name: table, subject: column, before: was?.[2] ?? '', after: is?.[2] ?? '' });
  }
  return changes;
}
