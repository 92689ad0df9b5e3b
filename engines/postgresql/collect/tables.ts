import { utc, type InstanceEventRow, type TableSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { serverTime, statement } from '../source.js';
import { counterDelta } from './metrics.js';
import type { CollectAspect } from './reading.js';

interface Table {
  readonly oid: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly estimated_rows: number | null;
  readonly live_rows: string;
  readonly dead_rows: string;
  readonly modified_rows: string;
  readonly size_bytes: string;
  readonly seq_scan: string;
  readonly seq_tup_read: string;
  readonly idx_scan: string;
  readonly n_tup_ins: string;
  readonly n_tup_upd: string;
  readonly n_tup_del: string;
  readonly analyzed_at: string;
  readonly vacuumed_at: string;
}

const counted = ['seq_scan', 'seq_tup_read', 'idx_scan', 'n_tup_ins', 'n_tup_upd', 'n_tup_del'] as const;
type Known = readonly [name: string, analyzed_at: string, counters: readonly string[]];

interface TablesState {
  readonly shape: 'postgresql.tables.1';
  readonly at: string;
  readonly tables: Readonly<Record<string, Known>>;
}

const shape = 'postgresql.tables.1';
const nameOf = (table: Table): string => `${table.schema_name}.${table.table_name}`;
const timeOf = (text: string) => (text === '' ? null : utc(new Date(serverTime(text))));

/** State now, and scans and writes since the last reading (none at the first). A table made since counts from zero. */
export const tables: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<TablesState>(previous, shape);
    const read = await query<Table>(statement('tables.sql'));
    const window = windowOf(reading, before?.at);
    const { database_name } = reading.source.facts;
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const rows = read.map((table): Omit<TableSnapshotRow, 'batch_id'> => {
      const was = before?.tables[table.oid]?.[2];
      const since = (name: (typeof counted)[number]): bigint =>
        before === undefined ? 0n : counterDelta(table[name], was?.[counted.indexOf(name)] ?? '0');
      return {
        ...{ instance_id: reading.instance_id, database_name, ...span },
        ...{ schema_name: table.schema_name, table_name: table.table_name, estimated_rows: table.estimated_rows },
        live_rows: BigInt(table.live_rows),
        dead_rows: BigInt(table.dead_rows),
        modified_since_analyze_rows: BigInt(table.modified_rows),
        size_bytes: BigInt(table.size_bytes),
        seq_scans: since('seq_scan'),
        seq_rows_read: since('seq_tup_read'),
        index_scans: since('idx_scan'),
        inserted_rows: since('n_tup_ins'),
        updated_rows: since('n_tup_upd'),
        deleted_rows: since('n_tup_del'),
        last_analyzed_at: timeOf(table.analyzed_at),
        last_vacuumed_at: timeOf(table.vacuumed_at),
      };
    });
    const state: TablesState = {
      ...{ shape, at: window.end.toISOString() },
      tables: Object.fromEntries(
        read.map((table): [string, Known] => [
          table.oid,
          [nameOf(table), table.analyzed_at, counted.map((name) => table[name])],
        ]),
      ),
    };
    const changes = before === undefined ? [] : changesOf(read, before, span.window_end);
    const base = { instance_id: reading.instance_id, noticed_after: span.window_start, database_name };
    const rest = { subject: '', query_hash: '', before: '', after: '' };
    const instance_events = changes.map((change) => ({ ...base, ...rest, ...change }));
    return collected(window, { table_snapshots: rows, instance_events }, state, read.length);
  });

type Change = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'object_name'>;

function changesOf(read: readonly Table[], before: TablesState, noticed: Change['occurred_at']): Change[] {
  const changes: Change[] = [];
  for (const table of read) {
    const was = before.tables[table.oid];
    const object_name = nameOf(table);
    if (was === undefined || was[0] !== object_name) {
      changes.push({ kind: 'table_created', occurred_at: noticed, object_name });
    }
    if (was !== undefined && table.analyzed_at !== '' && table.analyzed_at !== was[1]) {
      changes.push({ kind: 'analyzed', occurred_at: timeOf(table.analyzed_at) ?? noticed, object_name });
    }
  }
  const now = new Map(read.map((table) => [table.oid, nameOf(table)]));
  for (const [oid, [object_name]] of Object.entries(before.tables)) {
    if (now.get(oid) !== object_name) changes.push({ kind: 'table_dropped', occurred_at: noticed, object_name });
  }
  return changes;
}
