import type { Point } from '../judged-points.js';
import type { AnalyticsSettings } from '../settings.js';

/**
 * Queries that ran too seldom in the long window to be judged by it: they are judged over the rare one. It is read only
 * every `rare_every_points`, because it is long and what it tells takes days to change.
 */
export function rareQueries(
  points: ReadonlyMap<string, readonly Point[]>,
  as_of: Date,
  settings: AnalyticsSettings,
): readonly string[] {
  if (!isTurn(as_of, settings)) return [];
  return [...points]
    .filter(([, of_query]) => {
      const calls = of_query.reduce((sum, point) => sum + point.calls, 0);
      return calls > 0 && calls < settings.min_calls_per_window;
    })
    .map(([query_hash]) => query_hash);
}

function isTurn(as_of: Date, { point_s, rare_every_points, judge_every_s }: AnalyticsSettings): boolean {
  const turn = (ms: number): number => Math.floor(ms / (rare_every_points * point_s * 1000));
  return turn(as_of.getTime()) !== turn(as_of.getTime() - judge_every_s * 1000);
}
