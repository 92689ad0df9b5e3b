import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normal, seeded } from '../testing/series.js';
import { bestSplit, changePoints, studentTail } from './change-points.js';
import { isDistinguishable, logDifference, ratioEstimate } from './difference.js';
import { deviate_p95, lognormalPercentile, p95Bounds } from './lognormal.js';
import { autocorrelation, effectiveCount, madSigma, median, normalDeviate, studentDeviate } from './robust.js';
import { mixtureLikelihoodRatio, sequentialTest } from './sequential-test.js';

const ar1 = (random: () => number, n: number, phi: number, shift: (index: number) => number = () => 0): number[] => {
  let state = normal(random);
  return Array.from({ length: n }, (_, index) => {
    state = phi * state + Math.sqrt(1 - phi ** 2) * normal(random);
    return state + shift(index);
  });
};

describe('robust statistics', () => {
  test('a median lies between the extremes and moves with its values', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        expect(median(list)).toBeGreaterThanOrEqual(Math.min(...list));
        expect(median(list)).toBeLessThanOrEqual(Math.max(...list));
        expect(madSigma(list.map((value) => value + 5))).toBeCloseTo(madSigma(list), 4);
      }),
    );
  });

  test('nothing has no median', () => expect(median([])).toBeNaN());

  test.each([0, 0.5, 0.8])('lag-1 autocorrelation of %d is found in 4,000 points', (phi) => {
    expect(autocorrelation(ar1(seeded(1), 4_000, phi))).toBeCloseTo(phi, 1);
  });

  test('alternating noise does not make evidence: never negative', () => {
    expect(autocorrelation([1, -1, 1, -1, 1, -1, 1, -1])).toBe(0);
    expect(effectiveCount(8, 0.97)).toBe(1);
  });

  test.each([
    [10, 3.169273, 2.5758],
    [30, 2.749996, 2.5758],
    [7, 4.785, 3.0902],
  ])('Student’s t with %d degrees: %d is the normal %d', (freedom, t, deviate) => {
    expect(normalDeviate(t, freedom)).toBeCloseTo(deviate, 1);
    expect(studentDeviate(normalDeviate(t, freedom), freedom)).toBeCloseTo(t, 6);
  });
});

describe('change points', () => {
  test.each([
    [2.228139, 10, 0.05],
    [12.7062, 1, 0.05],
    [3.646, 30, 0.001],
  ])('the two-sided tail of t = %d at %d degrees is %d', (t, freedom, tail) => {
    expect(studentTail(t, freedom)).toBeCloseTo(tail, 4);
  });

  test.each([
    { title: 'one step', levels: [0, 3], at: [60] },
    { title: 'up and down', levels: [0, 3, 0], at: [60, 120] },
    { title: 'stairs', levels: [0, 2, 4, 7], at: [60, 120, 180] },
    { title: 'nothing', levels: [1], at: [] },
  ])('$title: found where it was put, to one point', ({ levels, at }) => {
    const random = seeded(4);
    const series = levels.flatMap((level) => Array.from({ length: 60 }, () => level + 0.3 * normal(random)));
    const found = changePoints(series).map((change) => change.index);
    expect(found).toHaveLength(at.length);
    found.forEach((index, place) => expect(Math.abs(index - (at[place] ?? -9))).toBeLessThanOrEqual(1));
  });

  test('a constant series has no change, whatever its level', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), (level) => {
        expect(changePoints(Array.from({ length: 80 }, () => level))).toEqual([]);
      }),
    );
  });

  test('the best split of a clean step is the step', () => expect(bestSplit([0, 0, 0, 5, 5, 5])).toBe(3));
});

describe('sequential test and differences', () => {
  test('without an effect it crosses 20 in at most 5 % of 400 series, looked at after every point', () => {
    const random = seeded(21);
    let crossed = 0;
    for (let run = 0; run < 400; run++) {
      const answer = sequentialTest(ar1(random, 144, 0.5), ar1(random, 72, 0.5), { threshold: 20, tau: 0.5 });
      if (answer.crossed_at !== null) crossed++;
    }
    expect(crossed / 400).toBeLessThanOrEqual(0.05);
  });

  test('L is 1 before any observation and grows with the sum', () => {
    expect(mixtureLikelihoodRatio(0, 0, 1, 1)).toBe(1);
    expect(mixtureLikelihoodRatio(30, 20, 1, 1)).toBeGreaterThan(mixtureLikelihoodRatio(10, 20, 1, 1));
  });

  test('the 80 % interval holds no effect in about 80 %, and 95 % calls few of them real, of AR(1) series', () => {
    const random = seeded(31);
    let held = 0;
    let told = 0;
    for (let run = 0; run < 500; run++) {
      const found = logDifference(ar1(random, 144, 0.5), ar1(random, 72, 0.5));
      const { low, high } = ratioEstimate(found);
      if (low <= 1 && high >= 1) held++;
      if (isDistinguishable(found)) told++;
    }
    expect(held / 500).toBeGreaterThan(0.74);
    expect(held / 500).toBeLessThan(0.88);
    expect(told / 500).toBeLessThan(0.08);
  });
});

test('a modelled p95 of a lognormal is exact, and lies inside the bounds that always hold', () => {
  const s = 0.5;
  const mean = Math.exp(s ** 2 / 2);
  const deviation = mean * Math.sqrt(Math.exp(s ** 2) - 1);
  const p95 = lognormalPercentile(mean, deviation, deviate_p95);
  expect(p95).toBeCloseTo(Math.exp(s * deviate_p95), 6);
  const { low, high } = p95Bounds(mean, deviation);
  expect(p95).toBeGreaterThan(low);
  expect(p95).toBeLessThan(high);
});
