import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ruledTimeRatio, savedSecondsPerDay, sumEstimates, timeRatio, what_if_prior } from './estimate.js';

const ratios = fc.double({ min: 1e-6, max: 1, noNaN: true });

describe('the estimate of time from planner cost', () => {
  test('gives back the run it was made from: 39.0 % estimated is 26.9 % saved', () => {
    expect(1 - timeRatio(1 - 0.39, what_if_prior).value).toBeCloseTo(0.269, 6);
  });

  test('an unchanged cost saves nothing, for certain', () => {
    expect(timeRatio(1, what_if_prior)).toEqual({ value: 1, low: 1, high: 1 });
  });

  test('shrinks a gain, never turns it round, and its interval holds it', () => {
    fc.assert(
      fc.property(ratios, (ratio) => {
        const { value, low, high } = timeRatio(ratio, what_if_prior);
        expect(value).toBeGreaterThanOrEqual(ratio * (1 - 1e-12));
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }),
    );
  });

  test('does not shrink a harm', () => {
    expect(timeRatio(1.5, what_if_prior).value).toBeCloseTo(1.5, 9);
  });

  test('a small gain may be a loss, and its interval says so', () => {
    expect(savedSecondsPerDay(1e6, 1, timeRatio(0.7, what_if_prior)).low).toBeLessThan(0);
  });

  test('by rule the interval reaches from the whole fall to a tenth', () => {
    const { low, high } = ruledTimeRatio(0.04);
    expect([low, ruledTimeRatio(0.04).value, high]).toEqual([0.04, 0.2, 0.9]);
  });

  test('scales to a day by the time that was watched', () => {
    expect(savedSecondsPerDay(60e6, 600, { value: 0.5, low: 0.25, high: 1 })).toEqual({
      value: 4320,
      low: 0,
      high: 6480,
    });
    expect(savedSecondsPerDay(60e6, 0, { value: 0.5, low: 0.25, high: 1 }).value).toBe(0);
  });

  test('sums keep their bounds', () => {
    const one = { value: 2, low: 1, high: 4 };
    expect(sumEstimates([one, one])).toEqual({ value: 4, low: 2, high: 8 });
    expect(sumEstimates([])).toEqual({ value: 0, low: 0, high: 0 });
  });

  test.each([0, -1, Number.NaN, Infinity])('refuses %s as a ratio of costs', (ratio) => {
    expect(() => timeRatio(ratio, what_if_prior)).toThrow(/not a ratio/);
  });
});
