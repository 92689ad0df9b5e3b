import { utc, type AspectOutcome, type ColumnSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { numberOf, textOf, type Fields } from '../fields.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';

/** schema.table → columns; type with `not null`. */
type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface SchemaState {
  readonly shape: 'dremio.schema.1';
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  readonly tables: Known;
}

const shape = 'dremio.schema.1';
const tell_again_ms = 24 * 3_600_000;
const most_columns = 50_000;

const columns_sql =
  'SELECT TABLE_SCHEMA AS "s", TABLE_NAME AS "t", COLUMN_NAME AS "c", ORDINAL_POSITION AS "n", IS_NULLABLE AS "nullable", ' +
  `DATA_TYPE AS "type" FROM INFORMATION_SCHEMA."COLUMNS" WHERE TABLE_SCHEMA <> 'sys' AND ` +
  `TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION LIMIT ${most_columns + 1}`;

type Column = Pick<
  ColumnSnapshotRow,
  'schema_name' | 'table_name' | 'column_name' | 'ordinal' | 'data_type' | 'is_nullable'
>;

/** A row per column of tables and views when first seen, when it changed, and once a day. Dremio keeps no statistics. */
export const schema: CollectAspect = async (reading, previous) => {
  const before = stateOf<SchemaState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const { rows } = await reading.source.query(columns_sql, reading.tools.abort);
  const columns = rows.slice(0, most_columns).map(columnOf);
  const known = knownOf(columns);
  const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
  const is_new = (column: Column): boolean => before?.tables[tableOf(column)]?.[column.column_name] !== typeOf(column);
  const at = window.end.toISOString();
  const state: SchemaState = { shape, at, told_at: tells_all ? at : before.told_at, tables: known };
  const told = {
    column_snapshots: columns
      .filter((column) => tells_all || is_new(column))
      .map((column) => snapshotOf(column, reading, window)),
    instance_events: before === undefined ? [] : changesOf(before.tables, known, reading, window),
  };
  return collected(window, told, state, rows.length, outcomeOf(rows.length));
};

const columnOf = (fields: Fields): Column => ({
  schema_name: textOf(fields['s']),
  table_name: textOf(fields['t']),
  column_name: textOf(fields['c']),
  ordinal: Math.max(0, Math.round(numberOf(fields['n']) ?? 0)),
  data_type: textOf(fields['type']).toLowerCase(),
  is_nullable: /^n/i.test(textOf(fields['nullable'])) ? 0 : 1,
});

const tableOf = (column: Column): string => `${column.schema_name}.${column.table_name}`;
const typeOf = (column: Column): string => `${column.data_type}${column.is_nullable === 1 ? '' : ' not null'}`;

function knownOf(columns: readonly Column[]): Known {
  const tables = new Map<string, [string, string][]>();
  for (const column of columns) {
    const entry: [string, string] = [column.column_name, typeOf(column)];
    tables.set(tableOf(column), [...(tables.get(tableOf(column)) ?? []), entry]);
  }
  return Object.fromEntries([...tables].map(([table, entries]) => [table, Object.fromEntries(entries)]));
}

const snapshotOf = (column: Column, reading: Reading, window: ReadingWindow): Omit<ColumnSnapshotRow, 'batch_id'> => ({
  ...{ instance_id: reading.instance_id, database_name: reading.source.facts.database_name },
  ...{ observed_at: utc(window.end), ...column },
  ...{ n_distinct: null, null_ratio: null, average_width_bytes: null, correlation: null },
});

/** Columns added, dropped or retyped in tables that were and are there; whole tables are the tables aspect's. */
function changesOf(
  before: Known,
  now: Known,
  reading: Reading,
  window: ReadingWindow,
): Omit<InstanceEventRow, 'batch_id'>[] {
  const base = { instance_id: reading.instance_id, kind: 'column_changed' as const, query_hash: '' };
  const times = { occurred_at: utc(window.end), noticed_after: utc(window.start) };
  const { database_name } = reading.source.facts;
  return Object.entries(now).flatMap(([object_name, columns]) => {
    const were = before[object_name];
    if (were === undefined) return [];
    return [...new Set([...Object.keys(were), ...Object.keys(columns)])]
      .filter((name) => were[name] !== columns[name])
      .map((subject) => ({
        ...{ ...base, ...times, database_name, object_name, subject },
        ...{ before: were[subject] ?? '', after: columns[subject] ?? '' },
      }));
  });
}

function outcomeOf(rows: number): AspectOutcome {
  if (rows <= most_columns) return { state: 'ok', message: '', fix: '' };
  return {
    state: 'degraded',
    message: `the catalog has more than ${most_columns} columns: the rest, in order of the schema's name, is left out`,
    fix: 'Watch it as a user who is shown only the sources and spaces that matter',
  };
}
