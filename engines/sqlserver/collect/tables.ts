import { utc, type InstanceEventRow, type TableSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed, type Fields } from '../fields.js';
import { grown } from '../performance-counters.js';
import { statement } from '../statement.js';
import { ofEachDatabase } from './each-database.js';
import { instantOfLocal } from './local-time.js';
import { outcomeOf } from './outcome.js';
import type { CollectAspect } from './reading.js';

const page_bytes = 8192n;

interface Table {
  readonly database_name: string;
  readonly object_id: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly live_rows: bigint;
  readonly pages: bigint;
  readonly scans: bigint;
  readonly seeks: bigint;
  readonly updates: bigint;
  readonly estimated_rows: bigint | null;
  readonly modified_rows: bigint;
  readonly analyzed_at: Date | null;
}

type Known = readonly [
  name: string,
  database_name: string,
  analyzed_at: string,
  scans: string,
  seeks: string,
  updates: string,
];

interface TablesState {
  readonly shape: 'sqlserver.tables.1';
  readonly at: string;
  /** By `[database, object id]` as JSON. */
  readonly tables: Readonly<Record<string, Known>>;
}

const shape = 'sqlserver.tables.1';
const keyOf = (table: Table): string => JSON.stringify([table.database_name, table.object_id]);
const nameOf = (table: Table): string => `${table.schema_name}.${table.table_name}`;

const tableOf =
  (database_name: string) =>
  (row: Fields): Table => {
    const analyzed = row.time('last_updated');
    return {
      ...{ database_name, object_id: row.whole('object_id').toString() },
      ...{ schema_name: row.text('schema_name'), table_name: row.text('table_name') },
      ...{ live_rows: row.count('live_rows'), pages: row.count('pages') },
      ...{ scans: row.count('scans'), seeks: row.count('seeks'), updates: row.count('updates') },
      ...{ estimated_rows: row.wholeOrNull('estimated_rows'), modified_rows: row.count('modified_rows') },
      analyzed_at: analyzed === null ? null : instantOfLocal(analyzed, row.number('local_offset_min') ?? 0),
    };
  };

const knownOf = (table: Table): Known => [
  nameOf(table),
  table.database_name,
  table.analyzed_at?.toISOString() ?? '',
  table.scans.toString(),
  table.seeks.toString(),
  table.updates.toString(),
];

/** State now, and uses since the last reading (none at the first), of the tables of every user database. */
export const tables: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<TablesState>(previous, shape);
    const read = await ofEachDatabase(
      query,
      reading,
      async (name) => parsed(await query(statement('tables.sql'), {}, name), tableOf(name)).rows,
    );
    const window = windowOf(reading, before?.at);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const snapshots = read.rows.map((table) => ({ ...base, ...snapshotOf(table, before) }));
    const silent = Object.entries(before?.tables ?? {}).filter(([, [, database_name]]) =>
      read.silent.has(database_name),
    );
    const state: TablesState = {
      ...{ shape, at: window.end.toISOString() },
      tables: Object.fromEntries([...silent, ...read.rows.map((table) => [keyOf(table), knownOf(table)] as const)]),
    };
    const changes = before === undefined ? [] : changesOf(before.tables, state.tables, read.rows, base.window_end);
    const noticed = { instance_id: reading.instance_id, noticed_after: base.window_start };
    const rest = { subject: '', query_hash: '', before: '', after: '' };
    const instance_events = changes.map((change) => ({ ...noticed, ...rest, ...change }));
    const rows = { table_snapshots: snapshots, instance_events };
    return collected(window, rows, state, read.rows.length, outcomeOf(read.gaps));
  });

type Snapshot = Omit<TableSnapshotRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

/** Uses are statements, not rows: a table written by one statement counts one, however many rows it changed. */
function snapshotOf(table: Table, before: TablesState | undefined): Snapshot {
  const was = before?.tables[keyOf(table)];
  const since = (now: bigint, then: string | undefined): bigint =>
    before === undefined ? 0n : grown(now, BigInt(then ?? '0'));
  return {
    ...{ database_name: table.database_name, schema_name: table.schema_name, table_name: table.table_name },
    estimated_rows: table.estimated_rows === null ? null : Number(table.estimated_rows),
    ...{ live_rows: table.live_rows, dead_rows: 0n, modified_since_analyze_rows: table.modified_rows },
    size_bytes: table.pages * page_bytes,
    ...{ seq_scans: since(table.scans, was?.[3]), seq_rows_read: 0n, index_scans: since(table.seeks, was?.[4]) },
    ...{ inserted_rows: 0n, updated_rows: since(table.updates, was?.[5]), deleted_rows: 0n },
    last_analyzed_at: table.analyzed_at === null ? null : utc(table.analyzed_at),
    last_vacuumed_at: null,
  };
}

type Change = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'object_name' | 'database_name'>;

function changesOf(
  before: TablesState['tables'],
  now: TablesState['tables'],
  read: readonly Table[],
  noticed: Change['occurred_at'],
): Change[] {
  const changes: Change[] = [];
  for (const table of read) {
    const was = before[keyOf(table)];
    const [object_name, database_name, analyzed_at] = knownOf(table);
    if (was === undefined || was[0] !== object_name)
      changes.push({ kind: 'table_created', occurred_at: noticed, object_name, database_name });
    if (was !== undefined && table.analyzed_at !== null && analyzed_at !== was[2])
      changes.push({ kind: 'analyzed', occurred_at: utc(table.analyzed_at), object_name, database_name });
  }
  for (const [key, [object_name, database_name]] of Object.entries(before)) {
    if (now[key]?.[0] !== object_name)
      changes.push({ kind: 'table_dropped', occurred_at: noticed, object_name, database_name });
  }
  return changes;
}
