import { expect, it } from '@jest/globals';
import { levelNow, onsetIndex } from './onset.js';
import type { Residual } from './residuals.js';

/**
 * Mean µs per run of one statement in windows of 2 s (PostgreSQL 15.18, the demo: select o.order_id … where o.customer_id = ?).
 * The index it used was dropped before the 36th; the machine had become slower a little before.
 */
const drop_after_drift = [
  ...[215, 188, 188, 161, 176, 184, 166, 163, 170, 180, 180, 161, 194, 177, 178, 183, 178, 175, 188, 220],
  ...[177, 221, 249, 187, 214, 179, 189, 230, 319, 180, 263, 278, 186, 232, 255],
  ...[10_859, 14_673, 15_643, 14_968, 14_227, 12_016, 15_675],
];
const baseline_us = 180;
const points = drop_after_drift.map((mean_us) => ({ residual: Math.log(mean_us / baseline_us) }) as Residual);
const newest_points = 6;

it.each([
  ['the median of a window that is mostly from before', Math.log(1.28)],
  ['the level after the change', Math.log(80)],
])('a change is dated by where the series stands now, though it was found by %s', (_, level_ln) => {
  expect(onsetIndex(points, levelNow(points, level_ln, newest_points))).toBe(35);
});

it('a level that the newest points have left again stays the level to date', () => {
  const over = [...points, ...points.slice(0, newest_points)];
  expect(levelNow(over, 3, newest_points)).toBe(3);
});
