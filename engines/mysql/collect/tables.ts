import { utc, type AspectOutcome, type InstanceEventRow, type TableSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { allowed } from '../allowed.js';
import type { Fields } from '../fields.js';
import { grantTables } from '../grants.js';
import { serverTime, statement, type Query } from '../source.js';
import { counterDelta } from './metrics.js';
import type { CollectAspect } from './reading.js';
import { readUsage, type UsageAnswer } from './table-usage.js';

interface Table {
  readonly schema_name: string;
  readonly table_name: string;
  readonly row_count: bigint;
  readonly size_bytes: bigint;
  /** When InnoDB last took statistics; '' when that may not be read. */
  readonly analyzed_at: string;
}

/** Rows since the start of the server. */
type Counted = readonly [scanned: string, inserted: string, updated: string, deleted: string];
type Known = readonly [analyzed_at: string, counters: Counted];

interface TablesState {
  readonly shape: 'mysql.tables.1';
  readonly at: string;
  /** By `schema.table`. */
  readonly tables: Readonly<Record<string, Known>>;
}

const shape = 'mysql.tables.1';
const nameOf = (table: Pick<Table, 'schema_name' | 'table_name'>): string => `${table.schema_name}.${table.table_name}`;
/** Null for a time that is none: '' and 0000-00-00. */
const timeOf = (text: string) => (Number.isNaN(serverTime(text)) ? null : utc(new Date(serverTime(text))));

/** State now, and rows scanned and written since the last reading (none at the first). */
export const tables: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<TablesState>(previous, shape);
    const read = await readTables(query);
    const usage = await readUsage(query, reading.source.facts);
    const window = windowOf(reading, before?.at);
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const counters = countersByTable(usage);
    const rows = read.map((table): Omit<TableSnapshotRow, 'batch_id'> => {
      const now = counters.get(nameOf(table)) ?? nothing_counted;
      const was = before?.tables[nameOf(table)]?.[1];
      const since = (place: 0 | 1 | 2 | 3): bigint =>
        before === undefined ? 0n : counterDelta(BigInt(now[place]), was?.[place] ?? '0');
      return {
        ...{ instance_id: reading.instance_id, database_name: table.schema_name, ...span },
        ...{ schema_name: table.schema_name, table_name: table.table_name, estimated_rows: Number(table.row_count) },
        ...{ live_rows: table.row_count, dead_rows: 0n, modified_since_analyze_rows: 0n },
        size_bytes: table.size_bytes,
        // The server counts rows that scans read, not scans.
        ...{ seq_scans: 0n, seq_rows_read: since(0), index_scans: 0n },
        ...{ inserted_rows: since(1), updated_rows: since(2), deleted_rows: since(3) },
        ...{ last_analyzed_at: timeOf(table.analyzed_at), last_vacuumed_at: null },
      };
    });
    const state: TablesState = {
      ...{ shape, at: window.end.toISOString() },
      tables: Object.fromEntries(
        read.map((table): [string, Known] => [
          nameOf(table),
          [table.analyzed_at, counters.get(nameOf(table)) ?? nothing_counted],
        ]),
      ),
    };
    const base = { instance_id: reading.instance_id, noticed_after: span.window_start, subject: '', query_hash: '' };
    const instance_events =
      before === undefined
        ? []
        : changesOf(read, before, span.window_end).map((change) => ({ ...base, before: '', after: '', ...change }));
    const outcome = read.length === 0 ? noTables(grantTables(reading.source.facts)) : usage.outcome;
    return collected(window, { table_snapshots: rows, instance_events }, state, read.length, outcome);
  });

const noTables = (fix: string): AspectOutcome => ({ state: 'degraded', message: 'no table is visible', fix });

/** InnoDB's own figures where they may be read: partitions of a table are told apart there, and added up here. */
async function readTables(query: Query): Promise<Table[]> {
  const rows = await query(statement('tables.sql'));
  const statistics = (await allowed(() => query(statement('table-statistics.sql')))) ?? [];
  const by_name = new Map<string, Omit<Table, 'schema_name' | 'table_name'>>();
  for (const row of statistics) {
    const name = `${row.text('schema_name')}.${row.text('table_name').replace(/#p#.*$/i, '')}`;
    const so_far = by_name.get(name);
    by_name.set(name, {
      row_count: (so_far?.row_count ?? 0n) + row.whole('row_count'),
      size_bytes: (so_far?.size_bytes ?? 0n) + row.whole('size_bytes'),
      analyzed_at: later(so_far?.analyzed_at ?? '', row.text('analyzed_at')),
    });
  }
  return rows.map((row) => {
    const table = shownTable(row);
    return { ...table, ...by_name.get(nameOf(table)) };
  });
}

const later = (one: string, other: string): string => (one > other ? one : other);

const shownTable = (row: Fields): Table => ({
  ...{ schema_name: row.text('schema_name'), table_name: row.text('table_name') },
  ...{ row_count: row.whole('row_count'), size_bytes: row.whole('size_bytes'), analyzed_at: '' },
});

const nothing_counted: Counted = ['0', '0', '0', '0'];

function countersByTable({ by_index }: UsageAnswer): ReadonlyMap<string, Counted> {
  const tables = new Map<string, Counted>();
  for (const [key, usage] of by_index) {
    const [schema_name = '', table_name = '', index_name = ''] = JSON.parse(key) as string[];
    const name = nameOf({ schema_name, table_name });
    const [scanned, inserted, updated, deleted] = (tables.get(name) ?? nothing_counted).map(BigInt);
    tables.set(name, [
      String((scanned ?? 0n) + (index_name === '' ? usage.fetched : 0n)),
      String((inserted ?? 0n) + usage.inserted),
      String((updated ?? 0n) + usage.updated),
      String((deleted ?? 0n) + usage.deleted),
    ]);
  }
  return tables;
}

type Change = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'object_name' | 'database_name'>;

function changesOf(read: readonly Table[], before: TablesState, noticed: Change['occurred_at']): Change[] {
  const changes: Change[] = [];
  for (const table of read) {
    const was = before.tables[nameOf(table)];
    const what = { object_name: nameOf(table), database_name: table.schema_name };
    if (was === undefined) changes.push({ kind: 'table_created', occurred_at: noticed, ...what });
    else if (table.analyzed_at !== '' && table.analyzed_at !== was[0]) {
      changes.push({ kind: 'analyzed', occurred_at: timeOf(table.analyzed_at) ?? noticed, ...what });
    }
  }
  const names = new Set(read.map(nameOf));
  for (const object_name of Object.keys(before.tables)) {
    if (names.has(object_name)) continue;
    const database_name = object_name.split('.')[0] ?? '';
    changes.push({ kind: 'table_dropped', occurred_at: noticed, object_name, database_name });
  }
  return changes;
}
