import type { IndexSnapshotRow } from '@plumbline/contracts';
import { tableKey } from './catalog.js';
import { parseIndexDefinition } from './index-definition.js';

export interface RedundantIndex {
  readonly index: IndexSnapshotRow;
  /** The index that does everything this one does. */
  readonly covered_by: IndexSnapshotRow;
  readonly kind: 'duplicate' | 'prefix';
}

interface Shape {
  readonly method: string;
  readonly predicate: string;
  /** Key columns with collation, operator class and order: two indexes on the same columns may differ in these. */
  readonly keys: readonly string[];
  readonly included: readonly string[];
}

/** Indexes that another of the same table covers, each told once, with the one to keep. */
export function redundantIndexes(indexes: readonly IndexSnapshotRow[]): readonly RedundantIndex[] {
  const by_table = new Map<string, IndexSnapshotRow[]>();
  for (const index of indexes) {
    if (index.is_valid === 0) continue;
    by_table.set(tableKey(index), [...(by_table.get(tableKey(index)) ?? []), index]);
  }
  return [...by_table.values()].flatMap(redundantOfTable);
}

function redundantOfTable(indexes: readonly IndexSnapshotRow[]): readonly RedundantIndex[] {
  const dropped = new Set<IndexSnapshotRow>();
  const found: RedundantIndex[] = [];
  for (const index of [...indexes].sort(lessWorthFirst)) {
    if (!mayBeDropped(index)) continue;
    const keepers = indexes.filter((other) => other !== index && !dropped.has(other) && covers(other, index));
    const covered_by = keepers.sort((one, other) => lessWorthFirst(other, one))[0];
    if (!covered_by) continue;
    dropped.add(index);
    const kind = shapeOf(covered_by).keys.length === shapeOf(index).keys.length ? 'duplicate' : 'prefix';
    found.push({ index, covered_by, kind });
  }
  return found;
}

/** A unique or constraint index guards data, whatever reads it. */
export const mayBeDropped = (index: IndexSnapshotRow): boolean => index.is_unique === 0 && index.backs_constraint === 0;

/** Of two that do the same, drop the one with fewer columns, fewer scans, the later name. */
function lessWorthFirst(one: IndexSnapshotRow, other: IndexSnapshotRow): number {
  return (
    one.key_columns.length - other.key_columns.length ||
    Number(one.scans - other.scans) ||
    other.index_name.localeCompare(one.index_name)
  );
}

function covers(wide: IndexSnapshotRow, narrow: IndexSnapshotRow): boolean {
  const [more, less] = [shapeOf(wide), shapeOf(narrow)];
  if (hidesLiteral(more) || hidesLiteral(less)) return false;
  if (more.method !== less.method || more.predicate !== less.predicate) return false;
  // Only an ordered index answers for a prefix of its columns; of the others only the same key list will do.
  if (more.keys.length !== less.keys.length && less.method !== 'btree') return false;
  if (!less.keys.every((key, place) => more.keys[place] === key)) return false;
  const held = new Set([...more.keys, ...more.included]);
  return less.included.every((column) => held.has(column));
}

/** Literals are removed before they leave the source: `status = ?` twice may be two different conditions. */
const hidesLiteral = ({ predicate, keys }: Shape) => [predicate, ...keys].some((text) => text.includes('?'));

function shapeOf(index: IndexSnapshotRow): Shape {
  const parsed = parseIndexDefinition(index.definition);
  const keys =
    parsed?.keys.length === index.key_columns.length ? parsed.keys.map((key) => key.text) : index.key_columns;
  return {
    method: index.method,
    predicate: index.predicate,
    keys: keys.map((key) => key.toLowerCase().replace(/\s+/g, ' ')),
    included: index.included_columns.map((column) => column.toLowerCase()),
  };
}
