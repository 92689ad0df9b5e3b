import { utc, type InstanceEventRow, type TableSnapshotRow } from '@plumbline/contracts';
import { decimal, fromLocal, key, localTime, shaped, whole, type RowOf } from '../fields.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { sinceReset } from './since-reset.js';

const table_shape = {
  ...{ schema_name: key, table_name: key, num_rows: decimal, blocks: whole, last_analyzed: localTime },
  ...{ inserts: whole, updates: whole, deletes: whole },
};
type Table = RowOf<typeof table_shape>;
type Known = readonly [last_analyzed: string, inserts: string, updates: string, deletes: string];

interface TablesState {
  readonly shape: 'oracle.tables.1';
  readonly at: string;
  readonly tables: Readonly<Record<string, Known>>;
}

const shape = 'oracle.tables.1';
const nameOf = (table: Table): string => `${table.schema_name}.${table.table_name}`;
const known = (table: Table): Known => [
  table.last_analyzed ?? '',
  ...([String(table.inserts ?? 0n), String(table.updates ?? 0n), String(table.deletes ?? 0n)] as const),
];

/** State as of the last statistics, and what was written since the last reading. Scans are not counted by Oracle. */
export const tables: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<TablesState>(previous, shape);
    const { rows, malformed } = shaped(await query('tables.sql'), table_shape);
    const window = windowOf(reading, before?.at);
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const { database_name } = reading.source.facts;
    const table_snapshots = rows.map((table) => ({
      ...{ instance_id: reading.instance_id, database_name, ...span },
      ...snapshotOf(table, before, reading),
    }));
    const state: TablesState = {
      ...{ shape, at: window.end.toISOString() },
      tables: Object.fromEntries(rows.map((table) => [nameOf(table), known(table)])),
    };
    const base = { instance_id: reading.instance_id, noticed_after: span.window_start, database_name };
    const rest = { subject: '', query_hash: '', before: '', after: '' };
    const changes = before === undefined ? [] : changesOf(rows, before, span.window_end, reading);
    const instance_events = changes.map((change) => ({ ...base, ...rest, ...change }));
    const outcome = worst(malformedOutcome(malformed, 'DBA_TABLES'));
    return collected(window, { table_snapshots, instance_events }, state, rows.length, outcome);
  });

function snapshotOf(
  table: Table,
  before: TablesState | undefined,
  reading: Reading,
): Omit<TableSnapshotRow, 'batch_id' | 'instance_id' | 'database_name' | 'window_start' | 'window_end'> {
  const { block_bytes, offset_s } = reading.source.facts;
  const [inserts, updates, deletes] = [table.inserts ?? 0n, table.updates ?? 0n, table.deletes ?? 0n];
  const was = before?.tables[nameOf(table)] ?? ['', '0', '0', '0'];
  const since = (now: bigint, place: 1 | 2 | 3): bigint =>
    before === undefined ? 0n : sinceReset(now, BigInt(was[place]));
  const counted = BigInt(Math.round(table.num_rows ?? 0)) + inserts - deletes;
  return {
    ...{ schema_name: table.schema_name, table_name: table.table_name, estimated_rows: table.num_rows },
    live_rows: counted < 0n ? 0n : counted,
    dead_rows: 0n,
    modified_since_analyze_rows: inserts + updates + deletes,
    size_bytes: (table.blocks ?? 0n) * BigInt(block_bytes),
    ...{ seq_scans: 0n, seq_rows_read: 0n, index_scans: 0n },
    ...{ inserted_rows: since(inserts, 1), updated_rows: since(updates, 2), deleted_rows: since(deletes, 3) },
    last_analyzed_at: table.last_analyzed === null ? null : utc(fromLocal(table.last_analyzed, offset_s)),
    last_vacuumed_at: null,
  };
}

type Change = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'object_name'>;

function changesOf(
  rows: readonly Table[],
  before: TablesState,
  noticed: Change['occurred_at'],
  reading: Reading,
): Change[] {
  const { offset_s } = reading.source.facts;
  const changes: Change[] = [];
  for (const table of rows) {
    const object_name = nameOf(table);
    const was = before.tables[object_name];
    if (was === undefined) changes.push({ kind: 'table_created', occurred_at: noticed, object_name });
    else if (table.last_analyzed !== null && table.last_analyzed !== was[0]) {
      changes.push({ kind: 'analyzed', occurred_at: utc(fromLocal(table.last_analyzed, offset_s)), object_name });
    }
  }
  const now = new Set(rows.map(nameOf));
  const gone = Object.keys(before.tables).filter((object_name) => !now.has(object_name));
  return [
    ...changes,
    ...gone.map((object_name): Change => ({ kind: 'table_dropped', occurred_at: noticed, object_name })),
  ];
}
