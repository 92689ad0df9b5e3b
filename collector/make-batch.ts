import { setImmediate as nextTick } from 'node:timers/promises';
import { batch_schema_version, encodeRow, utc, type Batch, type CollectedRows } from '@plumbline/contracts';

const rows_per_tick = 2_000;

export interface BatchOf {
  readonly instance_id: string;
  readonly aspect: string;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly rows: CollectedRows;
}

/** The same window gives the same id for ever. Undefined when there is no row. The event loop breathes in between. */
export async function makeBatch({ rows, ...of }: BatchOf): Promise<Batch | undefined> {
  const window_start = utc(of.window_start);
  const window_end = utc(of.window_end);
  const batch_id = `${of.instance_id}:${of.aspect}:${window_start}:${window_end}`;
  const tables: Batch['tables'] = [];
  let count = 0;
  for (const [table, table_rows] of Object.entries(rows)) {
    if (table_rows.length === 0) continue;
    const lines: string[] = [];
    for (const row of table_rows) {
      if (++count % rows_per_tick === 0) await nextTick();
      lines.push(encodeRow({ ...row, batch_id }));
    }
    tables.push({ table, row_count: lines.length, ndjson: lines.join('\n') });
  }
  if (tables.length === 0) return undefined;
  const { instance_id, aspect } = of;
  return { schema_version: batch_schema_version, batch_id, instance_id, aspect, window_start, window_end, tables };
}
