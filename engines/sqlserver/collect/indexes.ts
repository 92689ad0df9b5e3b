import { utc, type CollectTools, type IndexSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed, type Fields } from '../fields.js';
import { definitionOf, type IndexColumn } from '../index-definition.js';
import { grown } from '../performance-counters.js';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import { ofEachDatabase, type OfDatabases } from './each-database.js';
import { hintRows, readMissingIndexes } from './missing-indexes.js';
import { outcomeOf, type Gap } from './outcome.js';
import type { CollectAspect } from './reading.js';

const page_bytes = 8192n;

interface Index {
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  readonly type_desc: string;
  readonly is_unique: 0 | 1;
  readonly is_disabled: 0 | 1;
  readonly backs_constraint: 0 | 1;
  readonly filter_definition: string;
  readonly columns: readonly IndexColumn[];
  readonly pages: bigint;
  readonly scans: bigint;
}

type Known = readonly [database_name: string, table: string, index_name: string, definition: string, scans: string];

interface IndexesState {
  readonly shape: 'sqlserver.indexes.1';
  readonly at: string;
  /** By database, table, index and definition as JSON: an index made anew under its name is another one. */
  readonly indexes: Readonly<Record<string, Known>>;
}

const shape = 'sqlserver.indexes.1';

/** Definitions and sizes now, uses since the last reading, which indexes came and went, and which are missed. */
export const indexes: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<IndexesState>(previous, shape);
    const read = await ofEachDatabase(query, reading, (name) => readIndexes(query, name));
    const missing = await ofEachDatabase(query, reading, (name) => readMissingIndexes(query, name));
    const window = windowOf(reading, before?.at);
    const { tools, instance_id } = reading;
    const base = { instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const known = read.rows.map((index) => [index, knownOf(index, tools)] as const);
    const rows = known.map(([index, now]) => ({ ...base, ...snapshotOf(index, now, before, tools) }));
    const silent = Object.entries(before?.indexes ?? {}).filter(([, [name]]) => read.silent.has(name));
    const state: IndexesState = {
      ...{ shape, at: window.end.toISOString() },
      indexes: Object.fromEntries([...silent, ...known.map(([, now]) => [keyOf(now), now] as const)]),
    };
    const times = { instance_id, occurred_at: base.window_end, noticed_after: base.window_start, query_hash: '' };
    const changes = before === undefined ? [] : changesOf(before.indexes, state.indexes);
    const instance_events = changes.map((change) => ({ ...times, ...change }));
    const index_hint_snapshots = hintRows(missing.rows, reading, window.end);
    const collected_rows = { index_snapshots: rows, index_hint_snapshots, instance_events };
    const told = rows.length + index_hint_snapshots.length;
    return collected(window, collected_rows, state, told, outcomeOf([...read.gaps, ...newGaps(read, missing)]));
  });

/** A database that does not answer at all is told once. */
const newGaps = (read: OfDatabases<unknown>, missing: OfDatabases<unknown>): readonly Gap[] => {
  const told = new Set(read.gaps.map(({ message }) => message));
  return missing.gaps.filter(({ message }) => !told.has(message));
};

async function readIndexes(query: Query, database_name: string): Promise<readonly Index[]> {
  const columns = new Map<string, IndexColumn[]>();
  for (const row of await query(statement('index-columns.sql'), {}, database_name)) {
    const key = `${row.whole('object_id')}.${row.whole('index_id')}`;
    const column: IndexColumn = {
      name: row.text('column_name'),
      is_included: row.flag('is_included'),
      is_descending: row.flag('is_descending'),
    };
    columns.set(key, [...(columns.get(key) ?? []), column]);
  }
  const rows = await query(statement('indexes.sql'), {}, database_name);
  return parsed(rows, (row) => indexOf(row, database_name, columns)).rows;
}

const indexOf = (row: Fields, database_name: string, columns: ReadonlyMap<string, IndexColumn[]>): Index => ({
  ...{ database_name, schema_name: row.text('schema_name'), table_name: row.text('table_name') },
  ...{ index_name: row.text('index_name'), type_desc: row.text('type_desc') },
  ...{ is_unique: row.flag('is_unique'), is_disabled: row.flag('is_disabled') },
  backs_constraint: row.flag('backs_constraint'),
  filter_definition: row.text('filter_definition'),
  columns: columns.get(`${row.whole('object_id')}.${row.whole('index_id')}`) ?? [],
  ...{ pages: row.count('pages'), scans: row.count('scans') },
});

/** A filter may hold a literal; without one the definition stays runnable: it is the way back after a drop. */
function knownOf(index: Index, tools: CollectTools): Known {
  const filter = index.filter_definition === '' ? '' : tools.redact(index.filter_definition);
  const definition = definitionOf({ ...index, filter_definition: filter });
  return [
    index.database_name,
    `${index.schema_name}.${index.table_name}`,
    index.index_name,
    definition,
    index.scans.toString(),
  ];
}

const keyOf = ([database_name, table, index_name, definition]: Known): string =>
  JSON.stringify([database_name, table, index_name, definition]);

type Snapshot = Omit<IndexSnapshotRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

function snapshotOf(index: Index, now: Known, before: IndexesState | undefined, tools: CollectTools): Snapshot {
  const was = before?.indexes[keyOf(now)];
  return {
    ...{ database_name: index.database_name, schema_name: index.schema_name, table_name: index.table_name },
    ...{ index_name: index.index_name, method: index.type_desc.toLowerCase() },
    key_columns: index.columns.filter(({ is_included }) => is_included === 0).map(({ name }) => name),
    included_columns: index.columns.filter(({ is_included }) => is_included === 1).map(({ name }) => name),
    predicate: index.filter_definition === '' ? '' : tools.redact(index.filter_definition),
    ...{ is_unique: index.is_unique, backs_constraint: index.backs_constraint },
    is_valid: index.is_disabled === 1 ? 0 : 1,
    ...{ definition: now[3], size_bytes: index.pages * page_bytes },
    scans: before === undefined ? 0n : grown(index.scans, BigInt(was?.[4] ?? '0')),
  };
}

type Change = Pick<InstanceEventRow, 'kind' | 'database_name' | 'object_name' | 'subject' | 'before' | 'after'>;

function changesOf(before: IndexesState['indexes'], now: IndexesState['indexes']): Change[] {
  const dropped = Object.entries(before).filter(([key]) => now[key] === undefined);
  const created = Object.entries(now).filter(([key]) => before[key] === undefined);
  return [
    ...dropped.map(([, [database_name, object_name, subject, definition]]): Change => {
      const kind = 'index_dropped' as const;
      return { kind, database_name, object_name, subject, before: definition, after: '' };
    }),
    ...created.map(([, [database_name, object_name, subject, definition]]): Change => {
      const kind = 'index_created' as const;
      return { kind, database_name, object_name, subject, before: '', after: definition };
    }),
  ];
}
