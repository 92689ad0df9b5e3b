import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normal, seeded } from '../testing/series.js';
import { bestSplit, changePoints, studentTail } from './change-points.js';

/**
 * Golden vectors made here: the original ones were not at hand. Series of known steps are answered by a slow reference
 * that follows the published definitions word for word: E-Divisive's Q over all pairs, and Hunter's merge that measures
 * every point anew after each removal, so that it cannot be wrong about neighbours. Both share only `studentTail`, which
 * math.test.ts holds against printed tables.
 */
const options = { window_points: 30, p_value: 0.001, min_difference: 0 };

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const pairs = (left: readonly number[], right: readonly number[]): number =>
  mean(left.flatMap((x) => right.map((y) => (x - y) ** 2)));

/** mn/(m+n) · (2·mean|x−y|² − mean|x−x'|² − mean|y−y'|²) */
function splitQ(left: readonly number[], right: readonly number[]): number {
  const weight = (left.length * right.length) / (left.length + right.length);
  return weight * (2 * pairs(left, right) - pairs(left, left) - pairs(right, right));
}

function referenceSplit(series: readonly number[]): number {
  let best = { at: -1, q: -Infinity };
  for (let at = 2; at <= series.length - 2; at++) {
    const q = splitQ(series.slice(0, at), series.slice(at));
    if (q > best.q + 1e-12) best = { at, q };
  }
  return best.at;
}

function pValue(series: readonly number[], from: number, at: number, to: number): number {
  const left = series.slice(from, at);
  const right = series.slice(at, to);
  const freedom = left.length + right.length - 2;
  const squares = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  const error = Math.sqrt(((squares(left) + squares(right)) / freedom) * (1 / left.length + 1 / right.length));
  return studentTail(Math.abs(mean(right) - mean(left)) / error, freedom);
}

function weakOf(series: readonly number[], from: number, to: number): readonly number[] {
  if (to - from < 4) return [];
  const at = from + referenceSplit(series.slice(from, to));
  if (pValue(series, from, at, to) > options.p_value * 10) return [];
  return [...weakOf(series, from, at), at, ...weakOf(series, at, to)];
}

/** `refreshed`: which places are measured anew after the point at `gone` was removed. */
function referencePoints(series: readonly number[], refreshed: (gone: number, at: number) => boolean) {
  const step = options.window_points / 2;
  const windows = Array.from({ length: Math.ceil(series.length / step) }, (_, index) => index * step);
  const weak = windows.flatMap((from) => weakOf(series, from, Math.min(series.length, from + options.window_points)));
  let at = [...new Set(weak)].sort((left, right) => left - right);
  const measure = (place: number): number =>
    pValue(series, at[place - 1] ?? 0, at[place] ?? 0, at[place + 1] ?? series.length);
  let p = at.map((_, place) => measure(place));
  while (p.some((value) => value > options.p_value)) {
    const gone = p.indexOf(Math.max(...p));
    at = at.filter((_, place) => place !== gone);
    const kept = p.filter((_, place) => place !== gone);
    p = kept.map((value, place) => (refreshed(gone, place) ? measure(place) : value));
  }
  return at;
}

const series = (seed: number): readonly number[] => {
  const random = seeded(seed);
  const levels = Array.from({ length: 5 }, () => Math.round(4 * random()) / 2);
  return levels.flatMap((level) => Array.from({ length: 16 }, () => level + 0.5 * normal(random)));
};
const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);

test('the best split is the one of E-Divisive over all pairs', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 4, maxLength: 24 });
  fc.assert(
    fc.property(values, (list) => {
      const found = bestSplit(list) ?? 0;
      const best = referenceSplit(list);
      const qOf = (at: number): number => splitQ(list.slice(0, at), list.slice(at));
      expect(qOf(found)).toBeCloseTo(qOf(best), 3);
    }),
  );
});

test.each(seeds)('series %d: the points that stay when all are measured anew after each removal', (seed) => {
  const found = changePoints(series(seed), options).map(({ index }) => index);
  expect(found).toEqual(referencePoints(series(seed), () => true));
});

test('with the flag the places i and i + 1 are refreshed as Otava does, and some answers differ for it', () => {
  const differing = seeds.filter((seed) => {
    const found = changePoints(series(seed), { ...options, otava_neighbours: true }).map(({ index }) => index);
    expect(found).toEqual(referencePoints(series(seed), (gone, at) => at === gone || at === gone + 1));
    return found.join() !== referencePoints(series(seed), () => true).join();
  });
  expect(differing.length).toBeGreaterThan(0);
});
