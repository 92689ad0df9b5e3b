import {
  utc,
  type AspectOutcome,
  type CollectTools,
  type IndexSnapshotRow,
  type InstanceEventRow,
} from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { allowed } from '../allowed.js';
import { grantIndexSizes } from '../grants.js';
import { statement, type Query, type ServerFacts } from '../source.js';
import { definitionOf, indexesOf, keyColumn, type Index } from './index-shape.js';
import { counterDelta } from './metrics.js';
import type { CollectAspect } from './reading.js';
import { indexKey, readUsage } from './table-usage.js';

type Known = readonly [definition: string, fetched: string];

interface IndexesState {
  readonly shape: 'mysql.indexes.1';
  readonly at: string;
  /** By `indexKey`. */
  readonly indexes: Readonly<Record<string, Known>>;
}

const shape = 'mysql.indexes.1';
const keyOf = (index: Index): string => indexKey(index.schema_name, index.table_name, index.index_name);

/** Definitions and sizes now, rows fetched through each since the last reading, and which indexes came and went. */
export const indexes: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const { facts } = reading.source;
    const before = stateOf<IndexesState>(previous, shape);
    const [columns, keys] = [
      await query(statement(`indexes-${facts.family}.sql`)),
      await query(statement('foreign-keys.sql')),
    ];
    const read = indexesOf(columns, keys);
    const usage = await readUsage(query, facts);
    const sizes = await readSizes(query);
    const window = windowOf(reading, before?.at);
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const fetched = (index: Index): bigint => usage.by_index.get(keyOf(index))?.fetched ?? 0n;
    const rows = read.map((index): Omit<IndexSnapshotRow, 'batch_id'> => ({
      ...{ instance_id: reading.instance_id, database_name: index.schema_name, ...span },
      ...{ schema_name: index.schema_name, table_name: index.table_name, index_name: index.index_name },
      method: index.method,
      key_columns: index.parts.map((part) => keyColumn(part, reading.tools)),
      ...{ included_columns: [], predicate: '' },
      is_unique: index.is_unique ? 1 : 0,
      backs_constraint: index.backs_constraint ? 1 : 0,
      // An invisible (MariaDB: ignored) index is kept up to date and used by nobody.
      is_valid: index.is_used ? 1 : 0,
      definition: definitionOf(index, reading.tools),
      size_bytes: sizes?.get(keyOf(index)) ?? 0n,
      scans: before === undefined ? 0n : counterDelta(fetched(index), before.indexes[keyOf(index)]?.[1] ?? '0'),
    }));
    const known = Object.fromEntries(
      read.map((index): [string, Known] => [keyOf(index), [mark(index, reading.tools), fetched(index).toString()]]),
    );
    const state: IndexesState = { shape, at: window.end.toISOString(), indexes: known };
    const base = { instance_id: reading.instance_id, occurred_at: span.window_end, noticed_after: span.window_start };
    const instance_events = changesOf(before?.indexes, known).map((change) => ({ ...base, query_hash: '', ...change }));
    const outcome = usage.outcome.state === 'ok' ? sizesOutcome(sizes, facts) : usage.outcome;
    return collected(window, { index_snapshots: rows, instance_events }, state, columns.length, outcome);
  });

/** What must stay the same for an index to be the same: hidden from the planner it is another. */
const mark = (index: Index, tools: CollectTools): string =>
  `${definitionOf(index, tools)}${index.is_used ? '' : ' INVISIBLE'}`;

/** By `indexKey`, partitions added up. Undefined when a grant is missing. */
async function readSizes(query: Query): Promise<ReadonlyMap<string, bigint> | undefined> {
  const rows = await allowed(() => query(statement('index-sizes.sql')));
  if (rows === undefined) return undefined;
  const sizes = new Map<string, bigint>();
  for (const row of rows) {
    const table_name = row.text('table_name').replace(/#p#.*$/i, '');
    const key = indexKey(row.text('schema_name'), table_name, row.text('index_name'));
    sizes.set(key, (sizes.get(key) ?? 0n) + row.whole('size_bytes'));
  }
  return sizes;
}

function sizesOutcome(sizes: ReadonlyMap<string, bigint> | undefined, facts: ServerFacts): AspectOutcome {
  if (sizes !== undefined) return { state: 'ok', message: '', fix: '' };
  return { state: 'degraded', message: 'sizes of indexes may not be read: they are 0', fix: grantIndexSizes(facts) };
}

type Change = Pick<InstanceEventRow, 'kind' | 'database_name' | 'object_name' | 'subject' | 'before' | 'after'>;

function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[key]?.[0] ?? '', now[key]?.[0] ?? ''];
    if (was === is) continue;
    const [schema_name = '', table_name = '', subject = ''] = JSON.parse(key) as string[];
    const what = { database_name: schema_name, object_name: `${schema_name}.${table_name}`, subject };
    if (was !== '') changes.push({ ...what, kind: 'index_dropped', before: was, after: '' });
    if (is !== '') changes.push({ ...what, kind: 'index_created', before: '', after: is });
  }
  return changes;
}
