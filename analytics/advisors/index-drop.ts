import type { Action, DetectorInput, Estimate, EvidenceItem, IndexSnapshotRow } from '@plumbline/contracts';
import type { Catalog } from './catalog.js';
import { qualifiedName, rowsOf } from './catalog.js';
import { bytesText, countText, durationText, evidence, shownBy } from './evidence.js';
import { observedSeconds } from './observed-span.js';
import { writeSecondsPerDay, writesPerDay } from './write-cost.js';

export const dropIndex = (index: IndexSnapshotRow): Extract<Action, { kind: 'drop_index' }> => ({
  kind: 'drop_index',
  database_name: index.database_name,
  schema_name: index.schema_name,
  table_name: index.table_name,
  index_name: index.index_name,
  definition: index.definition,
});

export const indexTarget = (index: IndexSnapshotRow): string =>
  `${index.database_name}.${index.schema_name}.${index.table_name}.${index.index_name}`;

/** Scans of this server over the whole observation; the snapshot's own count where the map does not know the index. */
export const scansOf = (input: DetectorInput, index: IndexSnapshotRow): number =>
  input.index_scans.get(nameOf(index)) ?? Number(index.scans);

export const replicaScansOf = ({ replicas }: DetectorInput, index: IndexSnapshotRow): number =>
  replicas.reduce((sum, replica) => sum + (replica.index_scans.get(nameOf(index)) ?? 0), 0);

const nameOf = (index: IndexSnapshotRow): string => `${index.schema_name}.${index.index_name}`;

/**
 * The shortest of how long the instance, this index and every replica were watched: a new index has no past, and a
 * replica that was hardly watched may be where it is used.
 */
export const watchedSeconds = (input: DetectorInput, index: IndexSnapshotRow): number =>
  Math.min(input.observed_s, observedSeconds(index), ...input.replicas.map((replica) => replica.observed_s));

/** What its writes cost in a day, which is what dropping it saves. The per-row cost is known to a factor of three. */
export function savedByDropping(catalog: Catalog, index: IndexSnapshotRow): Estimate | null {
  const table = catalog.table(index.database_name, index.schema_name, index.table_name);
  const value = table ? writeSecondsPerDay(table, observedSeconds(table)) : null;
  return value === null ? null : { value, low: value / 3, high: value * 3 };
}

export function dropEvidence(input: DetectorInput, catalog: Catalog, index: IndexSnapshotRow): readonly EvidenceItem[] {
  const { instance_id } = input;
  const table = catalog.table(index.database_name, index.schema_name, index.table_name);
  const writes = table ? writesPerDay(table, observedSeconds(table)) : null;
  const watched = durationText(Math.min(input.observed_s, observedSeconds(index)));
  const shown = shownBy('indexes_latest', { instance_id });
  return [
    evidence(`Scans of ${index.index_name}`, `${countText(scansOf(input, index))} in ${watched}`, shown),
    ...input.replicas.map((replica) =>
      evidence(
        `Scans of ${index.index_name} on ${replica.instance_id}`,
        `${countText(replica.index_scans.get(nameOf(index)) ?? 0)} in ${durationText(replica.observed_s)}`,
        shownBy('indexes_latest', { instance_id: replica.instance_id }),
      ),
    ),
    evidence(`Size of ${index.index_name}`, bytesText(Number(index.size_bytes)), shown),
    ...(table && writes !== null
      ? [
          evidence(
            `Writes to ${qualifiedName(index)}`,
            `${countText(writes)} rows a day into a table of ${countText(rowsOf(table))} rows`,
            shownBy('tables_latest', { instance_id }),
          ),
        ]
      : []),
  ];
}
