import { setImmediate as nextTick } from 'node:timers/promises';
import { batch_schema_version, type Batch } from '@plumbline/contracts';
import { merge_rules, type Row } from './merge-rules.js';

const rows_per_tick = 2_000;

/**
 * Folds batches of one (instance, aspect, term), oldest first, into one wider window: counts are summed exactly, of
 * states the newest stay, single facts (events, metrics, changed settings) are all kept. `sequence` makes the id unique.
 */
export async function mergeBatches(batches: readonly Batch[], sequence: number): Promise<Batch> {
  const [first, last] = [batches[0], batches.at(-1)];
  if (first === undefined) throw new Error('nothing to merge');
  const window_start = batches.map((batch) => batch.window_start).reduce((a, b) => (a < b ? a : b));
  const window_end = batches.map((batch) => batch.window_end).reduce((a, b) => (a > b ? a : b));
  const batch_id = `${first.instance_id}:${first.aspect}:${window_start}:${window_end}:merged-${sequence}`;
  const names = [...new Set(batches.flatMap((batch) => batch.tables.map((table) => table.table)))];
  const tables: Batch['tables'] = [];
  for (const table of names) {
    const texts = batches.flatMap((batch) => batch.tables.filter((part) => part.table === table));
    const rows = await mergeTable(
      table,
      texts.map((part) => part.ndjson),
    );
    const lines = rows.map((row) => JSON.stringify({ ...row, batch_id }));
    tables.push({ table, row_count: lines.length, ndjson: lines.join('\n') });
  }
  return {
    schema_version: batch_schema_version,
    batch_id,
    instance_id: first.instance_id,
    aspect: first.aspect,
    window_start,
    window_end,
    tables,
    ...(last?.reader && { reader: last.reader }),
  };
}

async function mergeTable(table: string, texts: readonly string[]): Promise<readonly Row[]> {
  const rule = merge_rules[table as keyof typeof merge_rules] as (typeof merge_rules)['query_deltas'] | undefined;
  const merged = new Map<string, Row>();
  let count = 0;
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (++count % rows_per_tick === 0) await nextTick();
      const row = JSON.parse(line) as Row;
      const key = rule === undefined ? String(count) : JSON.stringify(rule.key.map((field) => row[field]));
      const before = merged.get(key);
      merged.set(key, before === undefined || rule === undefined ? row : rule.fold(before, row));
    }
  }
  return [...merged.values()];
}
