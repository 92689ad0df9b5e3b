import { setImmediate as nextTick } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { batch_schema_version, encodeRow, utc, type Batch, type CollectedRows } from '@plumbline/contracts';

const rows_per_tick = 2_000;

export interface BatchOf {
  readonly instance_id: string;
  readonly aspect: string;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly rows: CollectedRows;
}

/**
 * The same rows of the same window give the same id for ever. The rows are part of it because a clock that is set back
 * gives a window a second time, with other rows. Undefined when there is no row. The event loop breathes in between.
 */
export async function makeBatch({ rows, ...of }: BatchOf): Promise<Batch | undefined> {
  const window_start = utc(of.window_start);
  const window_end = utc(of.window_end);
  const encoded: { table: string; lines: string[] }[] = [];
  let count = 0;
  let checksum = 0;
  for (const [table, table_rows] of Object.entries(rows)) {
    if (table_rows.length === 0) continue;
    const lines: string[] = [];
    for (const row of table_rows) {
      if (++count % rows_per_tick === 0) await nextTick();
      const line = encodeRow(row);
      checksum = crc32(line, checksum);
      lines.push(line);
    }
    encoded.push({ table, lines });
  }
  if (encoded.length === 0) return undefined;
  const { instance_id, aspect } = of;
  const mark = checksum.toString(16).padStart(8, '0');
  const batch_id = `${instance_id}:${aspect}:${window_start}:${window_end}:${mark}`;
  const last_field = `,"batch_id":${JSON.stringify(batch_id)}}`;
  const tables = encoded.map(({ table, lines }) => ({
    table,
    row_count: lines.length,
    ndjson: lines.map((line) => line.slice(0, -1) + last_field).join('\n'),
  }));
  return { schema_version: batch_schema_version, batch_id, instance_id, aspect, window_start, window_end, tables };
}
