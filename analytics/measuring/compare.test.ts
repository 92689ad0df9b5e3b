import { describe, expect, it } from '@jest/globals';
import type { MatchedBy } from '@plumbline/contracts';
import type { Point } from '../judged-points.js';
import { cycleAt, normal, seeded } from '../testing/series.js';
import { compareWithControls } from './compare.js';
import type { Comparison } from './compare.js';

/** How often the 80 % interval of a measurement holds the ratio that the series were made with. */
interface Shape {
  readonly title: string;
  readonly matched_by: MatchedBy;
  readonly point_s: number;
  readonly before_points: number;
  readonly after_points: number;
  readonly phi: number;
  readonly sigma_ln: number;
  /** Noise that all queries of the server share, as of a machine with other work. */
  readonly shared_sigma_ln: number;
  /** ± share of a daily cycle that is the affected query's own; weekends are lower by half of it. */
  readonly cycle: number;
  readonly ratio: number;
  readonly controls: number;
  readonly runs: number;
}
const seconds = { matched_by: 'none', point_s: 1, cycle: 0, controls: 5, runs: 400 } as const;
const seasonal = { point_s: 600, cycle: 0.4, shared_sigma_ln: 0, controls: 1, runs: 150 } as const;
const shapes: readonly Shape[] = [
  {
    ...{ title: 'independent points', ...seconds, before_points: 40, after_points: 40 },
    ...{ phi: 0, sigma_ln: 0.2, shared_sigma_ln: 0, ratio: 0.5 },
  },
  {
    ...{ title: 'few points, as of a demo', ...seconds, before_points: 15, after_points: 10 },
    ...{ phi: 0.3, sigma_ln: 0.2, shared_sigma_ln: 0.1, ratio: 0.01 },
  },
  {
    ...{ title: 'autocorrelated points', ...seconds, before_points: 144, after_points: 144 },
    ...{ phi: 0.6, sigma_ln: 0.1, shared_sigma_ln: 0, ratio: 1.2 },
  },
  {
    ...{ title: 'a machine that slows everything now and then', ...seconds, before_points: 100, after_points: 60 },
    ...{ phi: 0.5, sigma_ln: 0.1, shared_sigma_ln: 0.3, ratio: 0.8 },
  },
  {
    ...{ title: 'a cycle of its own, a week before', ...seasonal, matched_by: 'hour_of_week' },
    ...{ before_points: 1_008, after_points: 40, phi: 0.5, sigma_ln: 0.1, ratio: 0.8 },
  },
  {
    ...{
      title: 'a cycle of its own, two working days before, one and a weekend after',
      ...seasonal,
      matched_by: 'hour_of_day',
    },
    ...{ before_points: 288, after_points: 432, phi: 0.5, sigma_ln: 0.1, ratio: 0.8 },
  },
];

function autocorrelated(count: number, phi: number, sigma: number, random: () => number): readonly number[] {
  let state = normal(random) * sigma;
  return Array.from({ length: count }, () => {
    state = phi * state + Math.sqrt(1 - phi ** 2) * sigma * normal(random);
    return state;
  });
}

/** A Wednesday, so that days before and after are alike. */
const begin_ms = Date.UTC(2026, 9, 28);

function pointsOf(query_hash: string, ln_us: readonly number[], point_s: number): readonly Point[] {
  const first = begin_ms / 1000 / point_s;
  return ln_us.map((value, index) => {
    const point = first + index;
    const span = { from_ms: point * point_s * 1000, to_ms: (point + 1) * point_s * 1000 };
    return {
      query_hash,
      point,
      ...span,
      calls: 100,
      time_us: 100 * Math.exp(value),
      square_us2: 0,
      rows: 1,
      ln_us: value,
    };
  });
}

function comparisonOf(shape: Shape, seed: number): Comparison {
  const random = seeded(seed);
  const { before_points, after_points, phi, sigma_ln, ratio, cycle, point_s } = shape;
  const count = before_points + after_points;
  const shared = autocorrelated(count, phi, shape.shared_sigma_ln, random);
  const series = (change_ln: number, own_cycle: number) =>
    autocorrelated(count, phi, sigma_ln, random).map(
      (value, index) =>
        8 +
        value +
        (shared[index] ?? 0) +
        (own_cycle === 0 ? 0 : cycleAt(new Date(begin_ms + index * point_s * 1000), own_cycle)) +
        (index < before_points ? 0 : change_ln),
    );
  const names = Array.from({ length: shape.controls }, (_, control) => `control ${control}`);
  const of_query = new Map(names.map((name) => [name, pointsOf(name, series(0, 0), point_s)]));
  of_query.set('affected', pointsOf('affected', series(Math.log(ratio), cycle), point_s));
  const applied = new Date(begin_ms + before_points * point_s * 1000);
  const found = compareWithControls(of_query, {
    ...{ affected: ['affected'], controls: new Set(names), applied_after: applied, applied_at: applied, point_s },
    ...{ threshold: 20, tau: 0.2, min_points: 5, is_last: true },
  });
  if (found === undefined) throw new Error('no comparison');
  return found;
}

it.each(shapes)('holds the true ratio in 75 to 85 of 100 measurements: $title', (shape) => {
  const found = Array.from({ length: shape.runs }, (_, seed) => comparisonOf(shape, seed + 1));
  const held = found.filter(({ time_ratio: { low, high } }) => low <= shape.ratio && shape.ratio <= high).length;
  expect(new Set(found.map((one) => one.matched_by))).toEqual(new Set([shape.matched_by]));
  expect(held / shape.runs).toBeGreaterThanOrEqual(0.75);
  expect(held / shape.runs).toBeLessThanOrEqual(0.85);
});

describe('a fix that did nothing, seen for five hours of a night after a week of days and nights', () => {
  const night: Shape = {
    ...{ title: '', ...seasonal, matched_by: 'hour_of_week', cycle: 0.6 },
    ...{ before_points: 1_008, after_points: 30, phi: 0.5, sigma_ln: 0.1, ratio: 1 },
  };

  it('is not told as one or the other in more than 5 of 100 measurements', () => {
    const verdicts = Array.from({ length: night.runs }, (_, seed) => comparisonOf(night, seed + 1).verdict);
    expect(verdicts.filter((verdict) => verdict !== 'not_distinguishable').length / night.runs).toBeLessThanOrEqual(
      0.05,
    );
  });
});

it('adds the times of two queries: one made a hundred times faster, the other as it was, is half', () => {
  const points = Array.from({ length: 40 }, (_, index) => index);
  const of_query = new Map([
    [
      'mended',
      pointsOf(
        'mended',
        points.map((index) => (index < 20 ? 8 : 8 - Math.log(100)) + (index % 3) / 100),
        1,
      ),
    ],
    [
      'as it was',
      pointsOf(
        'as it was',
        points.map((index) => 8 + (index % 2) / 100),
        1,
      ),
    ],
  ]);
  const applied = new Date(begin_ms + 20_000);
  const found = compareWithControls(of_query, {
    ...{ affected: [...of_query.keys()], controls: new Set<string>(), applied_after: applied, applied_at: applied },
    ...{ point_s: 1, threshold: 20, tau: 0.2, min_points: 5, is_last: true },
  });
  expect(found?.time_ratio.value).toBeCloseTo(0.505, 2);
  expect(found?.per_query.map((query) => Number(query.time_ratio.value.toFixed(2)))).toEqual([0.01, 1]);
});
