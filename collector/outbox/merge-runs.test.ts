import { expect, test } from '@jest/globals';
import { makeBatch } from '../make-batch.js';
import { minute } from '../testing/batches.js';
import { mergeBatches } from './merge.js';

const run = (native_id: string) => ({ instance_id: 'lake', query_hash: 'a', native_id, total_time_us: 7n });
const reflection = (reflection_id: string, size_bytes: bigint) => ({ instance_id: 'lake', reflection_id, size_bytes });

async function batchOf(number: number, rows: object) {
  const window = { window_start: minute(number), window_end: minute(number + 1) };
  const batch = await makeBatch({ instance_id: 'lake', aspect: 'runs', ...window, rows: rows as never });
  if (batch === undefined) throw new Error('a batch of no rows');
  return batch;
}

test('windows folded into one keep every run, and of reflections the newest state', async () => {
  const merged = await mergeBatches(
    [
      await batchOf(0, { query_runs: [run('1'), run('2')], reflection_snapshots: [reflection('r', 1n)] }),
      await batchOf(1, { query_runs: [run('3')], reflection_snapshots: [reflection('r', 2n), reflection('s', 3n)] }),
    ],
    1,
  );
  const rowsOf = (table: string) =>
    (merged.tables.find((part) => part.table === table)?.ndjson ?? '')
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rowsOf('query_runs').map(({ native_id, total_time_us }) => [native_id, total_time_us])).toEqual([
    ['1', '7'],
    ['2', '7'],
    ['3', '7'],
  ]);
  expect(rowsOf('reflection_snapshots').map(({ size_bytes }) => size_bytes)).toEqual(['2', '3']);
});
