import type { Utc, ViewRow } from '@plumbline/contracts';
import { bestSplit, changePoints } from '../math/change-points.js';
import { median } from '../math/robust.js';
import type { Residual } from './residuals.js';

type Delta = ViewRow<'judge_deltas'>;

/** Student's t of autocorrelated points promises too much: a stricter p than Hunter's default. */
const dating = { window_points: 50, p_value: 0.0005 };

/**
 * The place in `points` (in order of time) at which the level rose to stay: the last change upwards by at least half of
 * `level_ln`, else the best single split. Spikes are cut, so that one does not pose as a level.
 */
export function onsetIndex(points: readonly Residual[], level_ln: number): number {
  const series = points.map((point) => Math.min(1.5 * level_ln, Math.max(-level_ln, point.residual)));
  const half = level_ln / 2;
  const rises = changePoints(series, { ...dating, min_difference: half / 2 }).filter(
    (change) => change.mean_before < half && change.mean_after >= half,
  );
  return rises.at(-1)?.index ?? bestSplit(series) ?? 0;
}

/**
 * The level to date: where the newest points stand, unless they stand lower than the window that was judged. Soon after a
 * great change that window's median is still from before it, and would date a tremble of that time instead.
 */
export function levelNow(points: readonly Residual[], window_level_ln: number, newest_points: number): number {
  const newest = points.slice(-newest_points).map((point) => point.residual);
  return newest.length === 0 ? window_level_ln : Math.max(window_level_ln, median(newest));
}

export interface Onset {
  readonly onset_after: Utc;
  readonly onset_at: Utc;
}

/**
 * The window in which it changed, from the raw windows around the dated point: the split that leaves most below half of
 * the rise before it and most above after it. A change inside a window slows only a part of its runs, so the window
 * before the split is taken when it already stands out.
 */
export function onsetWindow(
  windows: readonly Delta[],
  normal_ln_us: number,
  level_ln: number,
  sigma_ln: number,
): Onset | undefined {
  const rises = windows.map((window) => Math.log(window.window_time_us / window.window_calls) - normal_ln_us);
  const split = splitAt(rises, level_ln);
  const first = windows[split];
  if (first === undefined) return undefined;
  const earlier = windows[split - 1];
  const usual = split > 1 ? median(rises.slice(0, split - 1)) : 0;
  const is_partly = (rises[split - 1] ?? usual) - usual > Math.max(3 * sigma_ln, 0.1 * level_ln);
  const changed = earlier !== undefined && is_partly ? earlier : first;
  return { onset_after: changed.window_start, onset_at: changed.window_end };
}

function splitAt(rises: readonly number[], level_ln: number): number {
  const votes = rises.map((rise) => Math.max(-level_ln / 2, Math.min(level_ln / 2, rise - level_ln / 2)));
  let score = votes.reduce((sum, vote) => sum + vote, 0);
  let best = { split: 0, score };
  votes.forEach((vote, index) => {
    score -= 2 * vote;
    if (score > best.score) best = { split: index + 1, score };
  });
  return Math.min(best.split, rises.length - 1);
}
