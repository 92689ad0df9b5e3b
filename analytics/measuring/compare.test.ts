import { expect, it } from '@jest/globals';
import type { Point } from '../judged-points.js';
import { normal, seeded } from '../testing/series.js';
import { compareWithControls } from './compare.js';

/** How often the 80 % interval of a measurement holds the ratio that the series were made with. */
interface Shape {
  readonly title: string;
  readonly before_points: number;
  readonly after_points: number;
  readonly phi: number;
  readonly sigma_ln: number;
  /** Noise that all queries of the server share, as of a machine with other work. */
  readonly shared_sigma_ln: number;
  readonly ratio: number;
}
const shapes: readonly Shape[] = [
  {
    ...{ title: 'independent points', before_points: 40, after_points: 40 },
    ...{ phi: 0, sigma_ln: 0.2, shared_sigma_ln: 0, ratio: 0.5 },
  },
  {
    ...{ title: 'few points, as of a demo', before_points: 15, after_points: 10 },
    ...{ phi: 0.3, sigma_ln: 0.2, shared_sigma_ln: 0.1, ratio: 0.01 },
  },
  {
    ...{ title: 'autocorrelated points', before_points: 144, after_points: 144 },
    ...{ phi: 0.6, sigma_ln: 0.1, shared_sigma_ln: 0, ratio: 1.2 },
  },
  {
    ...{ title: 'a machine that slows everything now and then', before_points: 100, after_points: 60 },
    ...{ phi: 0.5, sigma_ln: 0.1, shared_sigma_ln: 0.3, ratio: 0.8 },
  },
];
const runs = 400;
const controls = 5;

function autocorrelated(count: number, phi: number, sigma: number, random: () => number): readonly number[] {
  let state = normal(random) * sigma;
  return Array.from({ length: count }, () => {
    state = phi * state + Math.sqrt(1 - phi ** 2) * sigma * normal(random);
    return state;
  });
}

function pointsOf(query_hash: string, ln_us: readonly number[]): readonly Point[] {
  return ln_us.map((value, point) => {
    const time_us = 100 * Math.exp(value);
    const span = { from_ms: point * 1000, to_ms: (point + 1) * 1000 };
    return { query_hash, point, ...span, calls: 100, time_us, square_us2: 0, rows: 100, ln_us: value };
  });
}

function isHeld(shape: Shape, seed: number): boolean {
  const random = seeded(seed);
  const { before_points, after_points, phi, sigma_ln, ratio } = shape;
  const count = before_points + after_points;
  const shared = autocorrelated(count, phi, shape.shared_sigma_ln, random);
  const series = (change_ln: number) =>
    autocorrelated(count, phi, sigma_ln, random).map(
      (value, point) => 8 + value + (shared[point] ?? 0) + (point < before_points ? 0 : change_ln),
    );
  const names = Array.from({ length: controls }, (_, control) => `control ${control}`);
  const of_query = new Map(names.map((name) => [name, pointsOf(name, series(0))]));
  of_query.set('affected', pointsOf('affected', series(Math.log(ratio))));
  const applied = new Date(before_points * 1000);
  const found = compareWithControls(of_query, {
    ...{ affected: ['affected'], controls: new Set(names), applied_after: applied, applied_at: applied },
    ...{ threshold: 20, tau: 0.2, min_points: 5, is_last: false },
  });
  if (found === undefined) throw new Error('no comparison');
  return found.time_ratio.low <= ratio && ratio <= found.time_ratio.high;
}

it.each(shapes)('holds the true ratio in 75 to 85 of 100 measurements: $title', (shape) => {
  const held = Array.from({ length: runs }, (_, seed) => isHeld(shape, seed + 1)).filter(Boolean).length;
  expect(held / runs).toBeGreaterThanOrEqual(0.75);
  expect(held / runs).toBeLessThanOrEqual(0.85);
});
