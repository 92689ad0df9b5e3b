import { utc, type CollectTools, type IndexSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { statement } from '../source.js';
import { counterDelta } from './metrics.js';
import type { CollectAspect } from './reading.js';

interface Index {
  readonly oid: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly index_name: string;
  readonly method: string;
  readonly is_unique: boolean;
  readonly is_valid: boolean;
  readonly backs_constraint: boolean;
  readonly definition: string;
  readonly predicate: string;
  readonly has_expressions: boolean;
  readonly key_columns: readonly string[];
  readonly included_columns: readonly string[];
  readonly is_expression: readonly boolean[];
  readonly column_names: readonly string[];
  readonly size_bytes: string;
  readonly scans: string;
}

type Known = readonly [table: string, index_name: string, definition: string, scans: string];

interface IndexesState {
  readonly shape: 'postgresql.indexes.1';
  readonly at: string;
  readonly indexes: Readonly<Record<string, Known>>;
}

const shape = 'postgresql.indexes.1';

/** A plain index holds no literal, and its definition must stay runnable: it is the way back after a drop. */
const definitionOf = (index: Index, tools: CollectTools): string =>
  index.predicate === '' && !index.has_expressions ? index.definition : tools.redact(index.definition);

const keyColumns = (index: Index, tools: CollectTools): string[] =>
  index.key_columns.map((text, place) =>
    index.is_expression[place] === true ? `(${tools.redact(text)})` : (index.column_names[place] ?? text),
  );

/** Definitions and sizes now, scans since the last reading, and which indexes came and went. */
export const indexes: CollectAspect = (reading, previous) =>
  reading.source.read('catalog', async (query) => {
    const before = stateOf<IndexesState>(previous, shape);
    const read = await query<Index>(statement('indexes.sql'));
    const window = windowOf(reading, before?.at);
    const { tools, instance_id } = reading;
    const { database_name } = reading.source.facts;
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const scansBefore = before === undefined ? undefined : scansIn(before.indexes, read);
    const rows = read.map((index): Omit<IndexSnapshotRow, 'batch_id'> => ({
      ...{ instance_id, database_name, ...span },
      ...{ schema_name: index.schema_name, table_name: index.table_name, index_name: index.index_name },
      method: index.method,
      key_columns: keyColumns(index, tools),
      included_columns: index.included_columns,
      predicate: tools.redact(index.predicate),
      is_unique: index.is_unique ? 1 : 0,
      backs_constraint: index.backs_constraint ? 1 : 0,
      is_valid: index.is_valid ? 1 : 0,
      definition: definitionOf(index, tools),
      size_bytes: BigInt(index.size_bytes),
      scans:
        scansBefore === undefined
          ? 0n
          : counterDelta(index.scans, scansBefore(index.oid, definitionOf(index, tools)) ?? '0'),
    }));
    const known = Object.fromEntries(
      read.map((index): [string, Known] => [
        index.oid,
        [`${index.schema_name}.${index.table_name}`, index.index_name, definitionOf(index, tools), index.scans],
      ]),
    );
    const state: IndexesState = { shape, at: window.end.toISOString(), indexes: known };
    const base = { instance_id, occurred_at: span.window_end, noticed_after: span.window_start, database_name };
    const instance_events = changesOf(before?.indexes, known).map((change) => ({ ...base, query_hash: '', ...change }));
    return collected(window, { index_snapshots: rows, instance_events }, state, read.length);
  });

/**
 * Scans at the last reading, also of an index that has another number since: REINDEX CONCURRENTLY carries its counters
 * over, name and definition stay.
 */
function scansIn(before: Readonly<Record<string, Known>>, now: readonly Index[]) {
  const numbers = new Set(now.map(({ oid }) => oid));
  const gone = Object.entries(before).filter(([oid]) => !numbers.has(oid));
  const by_definition = new Map(gone.map(([, [, , definition, scans]]) => [definition, scans]));
  return (oid: string, definition: string): string | undefined => before[oid]?.[3] ?? by_definition.get(definition);
}

type Change = Pick<InstanceEventRow, 'kind' | 'object_name' | 'subject' | 'before' | 'after'>;

/** An index is itself by its number and definition: rebuilt under another number it is dropped and created. */
function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const created = Object.entries(now).filter(([oid]) => before[oid] === undefined);
  const dropped = Object.entries(before).filter(([oid]) => now[oid] === undefined);
  // REINDEX CONCURRENTLY and pg_repack swap the number and keep name and definition: nothing changed.
  const same = (one: Known, list: readonly [string, Known][]) => list.some(([, other]) => other[2] === one[2]);
  return [
    ...dropped
      .filter(([, index]) => !same(index, created))
      .map(([, [table, name, definition]]): Change => ({
        kind: 'index_dropped',
        object_name: table,
        subject: name,
        before: definition,
        after: '',
      })),
    ...created
      .filter(([, index]) => !same(index, dropped))
      .map(([, [table, name, definition]]): Change => ({
        kind: 'index_created',
        object_name: table,
        subject: name,
        before: '',
        after: definition,
      })),
  ];
}
