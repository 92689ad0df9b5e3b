import { utc, type ColumnSnapshotRow, type InstanceEventRow, type InstanceId } from '@plumbline/contracts';
import type { ReadingWindow } from './reading.js';

/** A column as an engine read it. */
export type Column = Omit<ColumnSnapshotRow, 'batch_id' | 'instance_id' | 'observed_at'>;

/** For a source that tells no statistics of a column's values. */
export const no_statistics = {
  ...{ n_distinct: null, null_ratio: null, average_width_bytes: null, correlation: null },
} as const;

type Known = readonly [type: string, rest: string];
type KnownColumns = Readonly<Record<string, Known>>;

export interface ColumnsState {
  readonly shape: string;
  readonly at: string;
  /** When all columns were last told, so that the store's retention never forgets one that does not change. */
  readonly told_at: string;
  /** By `["database","schema","table","column"]`. */
  readonly columns: KnownColumns;
}

/** What is new of the columns, and what to remember. */
export interface Told {
  readonly rows: {
    readonly column_snapshots: readonly Omit<ColumnSnapshotRow, 'batch_id'>[];
    readonly instance_events: readonly Omit<InstanceEventRow, 'batch_id'>[];
  };
  readonly state: ColumnsState;
}

const tell_again_ms = 24 * 3_600_000;

/**
 * A row per column when it is first seen, when it or its statistics changed, and once a day; and an event for each that
 * was added, dropped or retyped.
 * @param unread databases that gave no answer: what is known of them stays
 */
export function tellColumns(
  shape: string,
  { instance_id, window }: { readonly instance_id: InstanceId; readonly window: ReadingWindow },
  columns: readonly Column[],
  before: ColumnsState | undefined,
  unread: ReadonlySet<string> = new Set(),
): Told {
  const kept =
    unread.size === 0
      ? []
      : Object.entries(before?.columns ?? {}).filter(([key]) => unread.has(placeOf(key).database_name));
  const now = Object.fromEntries([...kept, ...columns.map((column) => [keyOf(column), knownOf(column)] as const)]);
  const at = window.end.toISOString();
  const tells_all = before === undefined || window.end.getTime() - Date.parse(before.told_at) >= tell_again_ms;
  const isNew = (column: Column): boolean => knownOf(column).join() !== before?.columns[keyOf(column)]?.join();
  const column_snapshots = columns
    .filter((column) => tells_all || isNew(column))
    .map((column) => ({ instance_id, observed_at: utc(window.end), ...column }));
  const event = {
    ...{ instance_id, kind: 'column_changed' as const, query_hash: '' },
    ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
  };
  const changes = before === undefined ? [] : changesOf(before.columns, now);
  return {
    rows: { column_snapshots, instance_events: changes.map((change) => ({ ...event, ...change })) },
    state: { shape, at, told_at: tells_all ? at : before.told_at, columns: now },
  };
}

const keyOf = ({ database_name, schema_name, table_name, column_name }: Column): string =>
  JSON.stringify([database_name, schema_name, table_name, column_name]);

const knownOf = (column: Column): Known => [
  `${column.data_type}${column.is_nullable === 1 ? '' : ' not null'}`,
  [column.ordinal, column.n_distinct, column.null_ratio, column.average_width_bytes, column.correlation].join(),
];

function placeOf(key: string): Pick<InstanceEventRow, 'database_name' | 'object_name' | 'subject'> {
  const [database_name = '', schema_name = '', table_name = '', subject = ''] = JSON.parse(key) as readonly string[];
  return { database_name, object_name: `${schema_name}.${table_name}`, subject };
}

type Change = Pick<InstanceEventRow, 'database_name' | 'object_name' | 'subject' | 'before' | 'after'>;

/** In tables that were and are there; whole tables are the tables aspect's. */
function changesOf(before: KnownColumns, now: KnownColumns): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = keys.filter((key) => before[key]?.[0] !== now[key]?.[0]);
  if (changed.length === 0) return [];
  const [were, are] = [tablesOf(before), tablesOf(now)];
  return changed
    .filter((key) => were.has(tableOf(key)) && are.has(tableOf(key)))
    .map((key) => ({ ...placeOf(key), before: before[key]?.[0] ?? '', after: now[key]?.[0] ?? '' }));
}

const tablesOf = (columns: KnownColumns): ReadonlySet<string> => new Set(Object.keys(columns).map(tableOf));

function tableOf(key: string): string {
  const { database_name, object_name } = placeOf(key);
  return JSON.stringify([database_name, object_name]);
}
