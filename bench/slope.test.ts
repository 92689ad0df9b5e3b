import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { slopePerHour } from './slope.js';

const minutes = (values: readonly number[]) => values.map((value, minute) => ({ at_h: minute / 60, value }));

test.each([
  ['nothing moves', [7, 7, 7, 7], 0],
  ['one MB a minute', [1, 2, 3, 4], 60],
  ['a saw of collected garbage over flat ground', [5, 9, 5, 9, 5, 9, 5, 9, 5], 0],
  ['one wild reading among steady growth', [1, 2, 900, 4, 5, 6, 7, 8], 60],
])('%s', (_title, values, slope) => expect(slopePerHour(minutes(values))).toBeCloseTo(slope, 6));

test('a quarter of the readings may be arbitrarily wrong: the slope of the others stands', () => {
  const wild = fc.array(fc.tuple(fc.nat(39), fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 10 });
  fc.assert(
    fc.property(fc.integer({ min: -100, max: 100 }), wild, (per_minute, spoiled) => {
      const values = Array.from({ length: 40 }, (_, minute) => per_minute * minute);
      for (const [at, value] of spoiled) values[at] = value;
      expect(slopePerHour(minutes(values))).toBeCloseTo(per_minute * 60, 6);
    }),
  );
});

test('one moment has no slope', () => {
  expect(() => slopePerHour([{ at_h: 1, value: 1 }])).toThrow('two moments');
});
