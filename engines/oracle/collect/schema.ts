import { utc, type ColumnSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { decimal, key, place, shaped, text, type RowOf } from '../rows.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';

const column_shape = {
  ...{ schema_name: key, table_name: key, column_name: key, column_id: place, data_type: key, data_length: decimal },
  ...{ data_precision: decimal, data_scale: decimal, nullable: text, num_distinct: decimal, num_nulls: decimal },
  ...{ avg_col_len: decimal, num_rows: decimal },
};
type Column = RowOf<typeof column_shape>;
type Known = readonly [table: string, column: string, type: string, statistics: string];

interface SchemaState {
  readonly shape: 'oracle.schema.1';
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  readonly columns: Readonly<Record<string, Known>>;
}

const shape = 'oracle.schema.1';
const tell_again_ms = 24 * 3600 * 1000;

/** `VARCHAR2(30)`, `NUMBER(10,2)`, `DATE` as CREATE TABLE spells it. */
export function dataTypeOf(
  column: Pick<Column, 'data_type' | 'data_length' | 'data_precision' | 'data_scale'>,
): string {
  const { data_type, data_length, data_precision, data_scale } = column;
  if (/CHAR|RAW/.test(data_type) && data_length !== null) return `${data_type}(${data_length})`;
  if (data_type !== 'NUMBER' || data_precision === null) return data_type;
  return data_scale === null || data_scale === 0
    ? `NUMBER(${data_precision})`
    : `NUMBER(${data_precision},${data_scale})`;
}

const keyOf = (column: Column): string => JSON.stringify([column.schema_name, column.table_name, column.column_name]);
const known = (column: Column): Known => [
  `${column.schema_name}.${column.table_name}`,
  column.column_name,
  `${dataTypeOf(column)}${column.nullable === 'N' ? ' not null' : ''}`,
  [column.column_id, column.num_distinct, column.num_nulls, column.avg_col_len, column.num_rows].join(),
];

/** A row per column when it is first seen, when it or its statistics changed, and once a day. */
export const schema: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<SchemaState>(previous, shape);
    const { rows, malformed } = shaped(await query('columns.sql'), column_shape);
    const window = windowOf(reading, before?.at);
    const { database_name } = reading.source.facts;
    const now = Object.fromEntries(rows.map((column) => [keyOf(column), known(column)]));
    const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
    const column_snapshots = rows
      .filter((column) => tells_all || known(column).join() !== before?.columns[keyOf(column)]?.join())
      .map((column): Omit<ColumnSnapshotRow, 'batch_id'> => ({
        ...{ instance_id: reading.instance_id, database_name, observed_at: utc(window.end) },
        ...{ schema_name: column.schema_name, table_name: column.table_name, column_name: column.column_name },
        ...{ ordinal: column.column_id, data_type: dataTypeOf(column), is_nullable: column.nullable === 'N' ? 0 : 1 },
        n_distinct: column.num_distinct,
        null_ratio: ratio(column.num_nulls, column.num_rows),
        ...{ average_width_bytes: column.avg_col_len, correlation: null },
      }));
    const at = window.end.toISOString();
    const state: SchemaState = { shape, at, told_at: tells_all ? at : (before?.told_at ?? at), columns: now };
    const base = { instance_id: reading.instance_id, database_name, query_hash: '', kind: 'column_changed' as const };
    const times = { occurred_at: utc(window.end), noticed_after: utc(window.start) };
    const instance_events = changesOf(before?.columns, now).map((change) => ({ ...base, ...times, ...change }));
    const outcome = worst(malformedOutcome(malformed, 'DBA_TAB_COLUMNS'));
    return collected(window, { column_snapshots, instance_events }, state, rows.length, outcome);
  });

const ratio = (part: number | null, all: number | null): number | null =>
  part === null || all === null || all <= 0 ? null : Math.min(1, part / all);

type Change = Pick<InstanceEventRow, 'object_name' | 'subject' | 'before' | 'after'>;

/** Columns added, dropped or retyped in tables that were and are there; whole tables are the tables aspect's. */
function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const tables = (columns: Readonly<Record<string, Known>>) => new Set(Object.values(columns).map(([table]) => table));
  const [were, are] = [tables(before), tables(now)];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key): Change[] => {
    const [was, is] = [before[key], now[key]];
    const [object_name = '', subject = ''] = was ?? is ?? [];
    if (was?.[2] === is?.[2] || !were.has(object_name) || !are.has(object_name)) return [];
    return [{ object_name, subject, before: was?.[2] ?? '', after: is?.[2] ?? '' }];
  });
}
