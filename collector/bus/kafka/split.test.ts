import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Batch } from '@plumbline/contracts';
import { cutBatch } from './split.js';

const envelope = {
  schema_version: 1 as const,
  batch_id: 'shop:statements:1:2',
  instance_id: 'shop',
  aspect: 'statements',
  window_start: '1',
  window_end: '2',
};
const tableOf = (table: string, rows: readonly string[]) => ({
  table,
  row_count: rows.length,
  ndjson: rows.join('\n'),
});
const rowsOf = (batches: readonly Batch[]): readonly string[] =>
  batches.flatMap(({ tables }) =>
    tables.flatMap(({ table, ndjson }) => ndjson.split('\n').map((row) => `${table} ${row}`)),
  );

const row = fc.string({ unit: 'binary', maxLength: 120 }).map((text) => JSON.stringify({ text }));
const tables = fc.array(fc.array(row, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 });

it('loses no row, doubles none, keeps their order, and no piece is larger than asked', () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 20, max: 400 }), (given, aim_bytes) => {
      const batch = { ...envelope, tables: given.map((rows, index) => tableOf(`table_${index}`, rows)) };
      const { batches, too_large } = cutBatch(batch, aim_bytes, 10_000);
      expect(too_large).toEqual([]);
      expect(rowsOf(batches)).toEqual(rowsOf([batch]));
      for (const { tables: parts } of batches) {
        const rows = parts.flatMap(({ ndjson }) => ndjson.split('\n'));
        expect(parts.reduce((count, { row_count }) => count + row_count, 0)).toBe(rows.length);
        const bytes = rows.reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify(text)), 0);
        expect(rows.length === 1 || bytes <= aim_bytes).toBe(true);
      }
    }),
  );
});

it('gives each piece an id of its own that a second cut gives again', () => {
  const batch = { ...envelope, tables: [tableOf('queries', ['{"a":1}', '{"a":2}', '{"a":3}'])] };
  const ids = cutBatch(batch, 30, 1_000).batches.map(({ batch_id }) => batch_id);
  expect(ids).toEqual(['shop:statements:1:2#1/2', 'shop:statements:1:2#2/2']);
  expect(cutBatch(batch, 30, 1_000).batches.map(({ batch_id }) => batch_id)).toEqual(ids);
});

it('names the rows that no message can carry and sends the others', () => {
  const large = JSON.stringify({ text: 'x'.repeat(500) });
  const cut = cutBatch({ ...envelope, tables: [tableOf('queries', ['{"a":1}', large, '{"a":3}'])] }, 100, 200);
  expect(cut.too_large).toEqual([{ table: 'queries', row: large }]);
  expect(rowsOf(cut.batches)).toEqual(['queries {"a":1}', 'queries {"a":3}']);
});
