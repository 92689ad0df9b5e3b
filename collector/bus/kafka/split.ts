import { Buffer } from 'node:buffer';
import type { Batch } from '@plumbline/contracts';

type Part = Batch['tables'][number];

/** What is sent for a batch: messages that fit, and rows that are too large for any. */
export interface Cut {
  readonly batches: readonly Batch[];
  readonly too_large: readonly { readonly table: string; readonly row: string }[];
}

/**
 * Cuts a batch between rows into pieces of at most `aim_bytes`. The same batch is always cut alike, so that a piece sent
 * again is known by its id, `batch_id#2/3`.
 */
export function cutBatch(batch: Batch, aim_bytes: number, limit_bytes: number): Cut {
  const pieces: Part[][] = [[]];
  const too_large: { table: string; row: string }[] = [];
  let piece_bytes = 0;
  for (const { table, ndjson } of batch.tables) {
    let rows: string[] = [];
    const endPart = (): void => {
      if (rows.length > 0) pieces.at(-1)?.push({ table, row_count: rows.length, ndjson: rows.join('\n') });
      rows = [];
    };
    for (const row of ndjson.split('\n')) {
      const row_bytes = Buffer.byteLength(JSON.stringify(row));
      if (row_bytes > limit_bytes) {
        too_large.push({ table, row });
        continue;
      }
      if (piece_bytes > 0 && piece_bytes + row_bytes > aim_bytes) {
        endPart();
        pieces.push([]);
        piece_bytes = 0;
      }
      rows.push(row);
      piece_bytes += row_bytes;
    }
    endPart();
  }
  const filled = pieces.filter((tables) => tables.length > 0);
  const batches = filled.map((tables, index) => ({
    ...batch,
    batch_id: `${batch.batch_id}#${index + 1}/${filled.length}`,
    tables,
  }));
  return { batches, too_large };
}
