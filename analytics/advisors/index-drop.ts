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

/** Scans over the whole observation; the snapshot's own count where the input's map does not know the index. */
export const scansOf = (input: DetectorInput, index: IndexSnapshotRow): number =>
  input.index_scans.get(`${index.schema_name}.${index.index_name}`) ?? Number(index.scans);

/** The shorter of how long the instance and how long this index was watched: a new index has no past. */
export const watchedSeconds = (input: DetectorInput, index: IndexSnapshotRow): number =>
  Math.min(input.observed_s, observedSeconds(index));

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
  const watched = durationText(watchedSeconds(input, index));
  const shown = shownBy('indexes_latest', { instance_id });
  return [
    evidence(`Scans of ${index.index_name}`, `${countText(scansOf(input, index))} in ${watched}`, shown),
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
