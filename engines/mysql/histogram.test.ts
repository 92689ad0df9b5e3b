import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histogramDelta } from './histogram.js';

const bounds = new Map(Array.from({ length: 450 }, (_, bucket) => [bucket, 10 * 1.047 ** bucket]));

it.each([
  ['tells what came since', '3:5 7:2', '3:4 7:2', [[3, 1n]]],
  [
    'tells all of a new entry',
    '3:5 7:2',
    '',
    [
      [3, 5n],
      [7, 2n],
    ],
  ],
  [
    'tells all when the histogram was emptied in between',
    '3:1 7:3',
    '3:4 7:2',
    [
      [3, 1n],
      [7, 3n],
    ],
  ],
  ['tells all when a bucket is gone', '7:3', '3:4 7:2', [[7, 3n]]],
  ['leaves out a bucket without a bound', '3:5 9999:2', '', [[3, 5n]]],
  ['tells nothing of nonsense', 'x:y :', '3:', []],
] as const)('%s', (_title, now, before, expected) => {
  const delta = histogramDelta(now, before, bounds);
  expect(delta.bucket_upper_us).toEqual(expected.map(([bucket]) => bounds.get(bucket)));
  expect(delta.bucket_calls).toEqual(expected.map(([, calls]) => calls));
});

it('adds up to the histogram itself, window by window', () => {
  const steps = fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 449 }), fc.integer({ min: 1, max: 1e9 })), { maxLength: 5 }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(steps, (windows) => {
      const total = new Map<number, bigint>();
      let told = 0n;
      let before = '';
      for (const runs of windows) {
        for (const [bucket, calls] of runs) total.set(bucket, (total.get(bucket) ?? 0n) + BigInt(calls));
        const now = [...total].map(([bucket, calls]) => `${bucket}:${calls}`).join(' ');
        told += histogramDelta(now, before, bounds).bucket_calls.reduce((sum, calls) => sum + calls, 0n);
        before = now;
      }
      expect(told).toBe([...total.values()].reduce((sum, calls) => sum + calls, 0n));
    }),
  );
});
