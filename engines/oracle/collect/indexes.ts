import { utc, type AspectOutcome, type IndexSnapshotRow, type InstanceEventRow } from '@plumbline/contracts';
import {
  backsConstraint,
  methodOf,
  definitionOf,
  keyColumns,
  nameOf,
  readIndexParts,
  type IndexParts,
  type IndexRow,
} from './index-parts.js';
import { degraded } from '../../shared/outcome.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { sinceReset } from './since-reset.js';
import { grantsOf } from '../grants.js';

type Known = readonly [table: string, definition: string, scans: string];

interface IndexesState {
  readonly shape: 'oracle.indexes.1';
  readonly at: string;
  readonly indexes: Readonly<Record<string, Known>>;
}

const shape = 'oracle.indexes.1';

/** Definitions and sizes now, uses since the last reading, and which indexes came and went. */
export const indexes: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<IndexesState>(previous, shape);
    const parts = await readIndexParts(query, reading.source.dictionary);
    const window = windowOf(reading, before?.at);
    const { instance_id, source } = reading;
    const { database_name } = source.facts;
    const span = { window_start: utc(window.start), window_end: utc(window.end) };
    const index_snapshots = parts.indexes.rows.map((index) => ({
      ...{ instance_id, database_name, ...span },
      ...snapshotOf(index, parts, before, reading),
    }));
    const known = Object.fromEntries(
      parts.indexes.rows.map((index): [string, Known] => [nameOf(index), knownOf(index, parts, reading)]),
    );
    const state: IndexesState = { shape, at: window.end.toISOString(), indexes: known };
    const base = { instance_id, occurred_at: span.window_end, noticed_after: span.window_start, database_name };
    const instance_events = changesOf(before?.indexes, known).map((change) => ({ ...base, query_hash: '', ...change }));
    const outcome = worst(malformedOutcome(parts.indexes.malformed, 'DBA_INDEXES'), usageOutcome(parts, reading));
    return collected(window, { index_snapshots, instance_events }, state, parts.indexes.rows.length, outcome);
  });

function snapshotOf(
  index: IndexRow,
  { parts, constraints, usage }: IndexParts,
  before: IndexesState | undefined,
  { source, tools }: Reading,
): Omit<IndexSnapshotRow, 'batch_id' | 'instance_id' | 'database_name' | 'window_start' | 'window_end'> {
  const own_parts = parts.get(nameOf(index)) ?? [];
  const was = before?.indexes[nameOf(index)]?.[2];
  return {
    ...{ schema_name: index.schema_name, table_name: index.table_name, index_name: index.index_name },
    method: methodOf(index),
    key_columns: keyColumns(own_parts, tools),
    ...{ included_columns: [], predicate: '' },
    is_unique: index.uniqueness === 'UNIQUE' ? 1 : 0,
    backs_constraint: backsConstraint(index, own_parts, constraints) ? 1 : 0,
    // Of a partitioned index the status is N/A: its partitions have their own.
    is_valid: index.status === 'UNUSABLE' || index.visibility === 'INVISIBLE' ? 0 : 1,
    definition: definitionOf(index, own_parts, tools),
    size_bytes: (index.leaf_blocks ?? 0n) * BigInt(source.facts.block_bytes),
    scans: before === undefined ? 0n : sinceReset(usage?.get(nameOf(index)) ?? 0n, BigInt(was ?? '0')),
  };
}

const knownOf = (index: IndexRow, { parts, usage }: IndexParts, { tools }: Reading): Known => [
  `${index.schema_name}.${index.table_name}`,
  definitionOf(index, parts.get(nameOf(index)) ?? [], tools),
  String(usage?.get(nameOf(index)) ?? 0n),
];

type Change = Pick<InstanceEventRow, 'kind' | 'object_name' | 'subject' | 'before' | 'after'>;

/** An index under the same name with another definition was dropped and made anew. */
function changesOf(
  before: Readonly<Record<string, Known>> | undefined,
  now: Readonly<Record<string, Known>>,
): Change[] {
  if (before === undefined) return [];
  const differs = (one: Readonly<Record<string, Known>>, other: Readonly<Record<string, Known>>) =>
    Object.entries(one).filter(([name, [, definition]]) => other[name]?.[1] !== definition);
  const subjectOf = (name: string): string => name.slice(name.indexOf('.') + 1);
  return [
    ...differs(before, now).map(([name, [object_name, definition]]): Change => ({
      ...{ kind: 'index_dropped', object_name, subject: subjectOf(name), before: definition, after: '' },
    })),
    ...differs(now, before).map(([name, [object_name, definition]]): Change => ({
      ...{ kind: 'index_created', object_name, subject: subjectOf(name), before: '', after: definition },
    })),
  ];
}

const usageOutcome = ({ usage }: IndexParts, { source: { facts } }: Reading): AspectOutcome | undefined =>
  usage !== undefined
    ? undefined
    : degraded(
        'uses of indexes are not counted: DBA_INDEX_USAGE cannot be read or is not there (before 12.2)',
        grantsOf(['DBA_INDEX_USAGE'], facts.user_name),
      );
