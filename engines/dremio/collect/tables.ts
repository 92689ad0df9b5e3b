import { utc, type AspectOutcome, type InstanceEventRow, type TableSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { countOf, textOf } from '../fields.js';

import { isResting, type CollectAspect, type Reading } from './reading.js';
import { between, fileRow, filesOf, partsOf, placeOf, type Counted } from './table-files.js';

interface TablesState {
  readonly shape: 'dremio.tables.1';
  readonly at: string;
  /** `schema␟table` of every table seen, in order. */
  readonly names: readonly string[];
  /** The last one whose files were counted: the next reading goes on after it, and round again. */
  readonly after: string;
  /** What was counted last of each table: a snapshot of tables holds all of them, though each reading counts a few. */
  readonly sums: Readonly<Record<string, Sums>>;
  /** Tables that keep no list of files (they are no Iceberg tables) → when they said so. */
  readonly without_files: Readonly<Record<string, string>>;
}

type Sums = readonly [row_count: string, size_bytes: string];

const shape = 'dremio.tables.1';
const most_tables = 20_000;
const ask_again_ms = 7 * 24 * 3_600_000;

const names_sql =
  'SELECT TABLE_SCHEMA AS "s", TABLE_NAME AS "t" FROM INFORMATION_SCHEMA."TABLES" ' +
  `WHERE TABLE_TYPE = 'TABLE' AND TABLE_SCHEMA <> 'sys' AND TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ` +
  `ORDER BY TABLE_SCHEMA, TABLE_NAME LIMIT ${most_tables + 1}`;

/** Tables that came and went, and of a few at a time, in turn, the files they are made of. */
export const tables: CollectAspect = async (reading, previous) => {
  const before = stateOf<TablesState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const { rows } = await reading.source.query(names_sql, reading.tools.abort);
  const names = rows.slice(0, most_tables).map(({ s, t }) => `${textOf(s)}${between}${textOf(t)}`);
  const without_files = stillWithout(before?.without_files ?? {}, new Set(names), window.end);
  const chosen = nextOf(names, before?.after ?? '', without_files, reading.source.options.tables_per_reading);
  const counted: Counted[] = [];
  for (const name of chosen) {
    reading.tools.abort.throwIfAborted();
    const files = await filesOf(name, reading);
    if (files === undefined) without_files[name] = window.end.toISOString();
    else counted.push({ name, files });
  }
  const sums = sumsOf(names, before?.sums ?? {}, counted, without_files);
  const state: TablesState = {
    ...{ shape, at: window.end.toISOString(), names, sums, without_files },
    after: chosen.at(-1) ?? before?.after ?? '',
  };
  const told = {
    table_snapshots: Object.entries(sums).map((one) => tableRow(one, reading, window)),
    table_file_snapshots: counted.map((one) => fileRow(one, reading, window)),
    instance_events: before === undefined ? [] : cameAndWent(before.names, names, reading, window),
  };
  return collected(window, told, state, rows.length + chosen.length, outcomeOf(rows.length));
};

function stillWithout(
  known: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
  now: Date,
): Record<string, string> {
  const is_recent = (at: string): boolean => now.getTime() - Date.parse(at) < ask_again_ms;
  return Object.fromEntries(Object.entries(known).filter(([name, at]) => names.has(name) && is_recent(at)));
}

function nextOf(
  names: readonly string[],
  after: string,
  without_files: Readonly<Record<string, string>>,
  most: number,
): readonly string[] {
  const open = names.filter((name) => !Object.hasOwn(without_files, name));
  return [...open.filter((name) => name > after), ...open.filter((name) => name <= after)].slice(0, most);
}

/** What Dremio cannot count (scans, writes, dead rows) is 0. */
const tableRow = (
  [name, [row_count, size_bytes]]: readonly [string, Sums],
  reading: Reading,
  window: ReadingWindow,
): Omit<TableSnapshotRow, 'batch_id'> => ({
  ...placeOf(name, reading),
  ...{ window_start: utc(window.start), window_end: utc(window.end) },
  ...{ estimated_rows: null, live_rows: countOf(row_count), size_bytes: countOf(size_bytes) },
  ...{ dead_rows: 0n, modified_since_analyze_rows: 0n, seq_scans: 0n, seq_rows_read: 0n, index_scans: 0n },
  ...{ inserted_rows: 0n, updated_rows: 0n, deleted_rows: 0n, last_analyzed_at: null, last_vacuumed_at: null },
});

/** Of tables that are still there and still have files, the newest sums known. */
function sumsOf(
  names: readonly string[],
  known: Readonly<Record<string, Sums>>,
  counted: readonly Counted[],
  without_files: Readonly<Record<string, string>>,
): Readonly<Record<string, Sums>> {
  const sums = new Map(Object.entries(known));
  for (const { name, files } of counted)
    sums.set(name, [countOf(files['row_count']).toString(), countOf(files['size_bytes']).toString()]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const of_table = Object.hasOwn(without_files, name) ? undefined : sums.get(name);
      return of_table === undefined ? [] : [[name, of_table] as const];
    }),
  );
}

function cameAndWent(
  before: readonly string[],
  now: readonly string[],
  reading: Reading,
  window: ReadingWindow,
): Omit<InstanceEventRow, 'batch_id'>[] {
  const [were, are] = [new Set(before), new Set(now)];
  const event = (kind: 'table_created' | 'table_dropped') => (name: string) => {
    const [schema_name, table_name] = partsOf(name);
    return {
      ...{ instance_id: reading.instance_id, kind, database_name: reading.source.facts.database_name, query_hash: '' },
      ...{ occurred_at: utc(window.end), noticed_after: utc(window.start), before: '', after: '' },
      ...{ object_name: `${schema_name}.${table_name}`, subject: table_name },
    };
  };
  return [
    ...now.filter((name) => !were.has(name)).map(event('table_created')),
    ...before.filter((name) => !are.has(name)).map(event('table_dropped')),
  ];
}

function outcomeOf(rows: number): AspectOutcome {
  if (rows <= most_tables) return { state: 'ok', message: '', fix: '' };
  return {
    state: 'degraded',
    message: `the catalog has more than ${most_tables} tables: the rest, in order of the schema's name, is left out`,
    fix: 'Watch it as a user who is shown only the sources and spaces that matter',
  };
}
