import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { first_pace, nextReadingMs, offsetRatio } from './pace.js';

const interval_s = 60;
const now_ms = Date.parse('2026-11-21T06:00:00Z');

it('spreads instances over the interval', () => {
  const ids = Array.from({ length: 1000 }, (_, place) => `shop-${place}`);
  const waits = ids.map((id) => nextReadingMs(first_pace, interval_s, now_ms, offsetRatio(id)));
  const per_second = Array.from({ length: interval_s }, (_, second) => {
    const of_second = waits.filter((wait_ms) => Math.floor((wait_ms - 1) / 1000) === second);
    return of_second.length;
  });
  expect(Math.min(...per_second)).toBeGreaterThan(0);
  expect(Math.max(...per_second)).toBeLessThan(50);
});

it('reads an instance at the same place of every interval, also after a restart of the collector', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(10 ** 9), fc.integer({ min: 1, max: 3600 }), (id, later_ms, s) => {
      const at = (from_ms: number): number => from_ms + nextReadingMs(first_pace, s, from_ms, offsetRatio(id));
      expect((at(now_ms + later_ms) - at(now_ms)) % (s * 1000)).toBe(0);
      expect(at(at(now_ms)) - at(now_ms)).toBe(s * 1000);
    }),
  );
});
