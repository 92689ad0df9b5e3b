import type { TableSnapshotRow } from '@plumbline/contracts';
import { seconds_per_day } from './estimate.js';

/**
 * What one more B-tree index costs each written row. Measured on PostgreSQL 15.18, two shared cores, table of 1.3 M
 * rows in memory: an insert 3.5–3.6 µs per index and row, an update of the indexed or any row that moves 7.1–8.7 µs.
 * A delete leaves the entry to vacuum; half an insert is charged for that.
 */
export const write_cost_us = { insert: 3.6, update: 8, delete: 1.8 } as const;

/** Rows written to the table in a day, by what happened in its window; null when the window is empty. */
export function writesPerDay(table: TableSnapshotRow, observed_s: number): number | null {
  if (observed_s <= 0) return null;
  const written = Number(table.inserted_rows) + Number(table.updated_rows) + Number(table.deleted_rows);
  return (written / observed_s) * seconds_per_day;
}

export function writeSecondsPerDay(table: TableSnapshotRow, observed_s: number): number | null {
  if (observed_s <= 0) return null;
  const spent_us =
    Number(table.inserted_rows) * write_cost_us.insert +
    Number(table.updated_rows) * write_cost_us.update +
    Number(table.deleted_rows) * write_cost_us.delete;
  return (spent_us / 1e6 / observed_s) * seconds_per_day;
}
