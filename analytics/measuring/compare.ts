import type { Estimate, MatchedBy, Verdict } from '@plumbline/contracts';
import type { Point } from '../judged-points.js';
import { isDistinguishable, ratioEstimate, smallestVisibleRatio } from '../math/difference.js';
import type { LogDifference } from '../math/difference.js';
import { median } from '../math/robust.js';
import { matchedDifference } from './matching.js';
import type { Level } from './matching.js';

export interface ComparisonOptions {
  readonly affected: readonly string[];
  readonly controls: ReadonlySet<string>;
  /** Points ending at most here are before; points beginning at least at `applied_at` are after. */
  readonly applied_after: Date;
  readonly applied_at: Date;
  readonly point_s: number;
  readonly threshold: number;
  readonly tau: number;
  readonly min_points: number;
  /** No more data will be waited for. */
  readonly is_last: boolean;
}

export interface Comparison {
  readonly verdict: Verdict;
  readonly time_ratio: Estimate;
  readonly before_mean_us: number;
  readonly after_mean_us: number;
  /** Database seconds per second of the affected queries before. */
  readonly before_load: number;
  readonly before_points: number;
  readonly after_points: number;
  readonly control_queries: number;
  readonly control_ratio: number;
  readonly smallest_visible_ratio: number;
  readonly likelihood_ratio: number;
  readonly matched_by: MatchedBy;
  readonly per_query: readonly { readonly query_hash: string; readonly time_ratio: Estimate }[];
}

/**
 * Difference in differences: per affected query ln(mean per run) less the controls' median shift at the same point,
 * queries weighted by their time before (calls at the baseline mix × mean), at matched times of the week or day where
 * there are such. Undefined while one side has no points.
 */
export function compareWithControls(
  of_query: ReadonlyMap<string, readonly Point[]>,
  options: ComparisonOptions,
): Comparison | undefined {
  const side = sideOf(options);
  const { shifts, control_queries, control_ratio } = controlShifts(of_query, options, side);
  const affected = options.affected
    .map((query_hash) => ({ query_hash, points: of_query.get(query_hash) ?? [] }))
    .map(({ query_hash, points }) => ({ query_hash, ...split(points, side) }))
    .filter(({ before, after }) => before.length > 1 && after.length > 1);
  if (affected.length === 0) return undefined;
  const total_us = affected.reduce((sum, query) => sum + timeOf(query.before), 0);
  const cleaned = affected.map((query) => {
    const clean = (of: readonly Point[]): readonly Level[] =>
      of.map(({ point, ln_us }) => ({ point, ln: ln_us - (shifts.get(point) ?? 0) }));
    return {
      ...query,
      weight: timeOf(query.before) / total_us,
      before_levels: clean(query.before),
      after_levels: clean(query.after),
    };
  });
  const before = weighted(cleaned, 'before_levels');
  const after = weighted(cleaned, 'after_levels');
  const { found, likelihood_ratio, matched_by } = matchedDifference(before, after, options);
  const is_enough = Math.min(before.length, after.length) >= options.min_points;
  return {
    verdict: verdictOf(found, likelihood_ratio >= options.threshold, is_enough, options.is_last),
    time_ratio: ratioEstimate(found),
    before_mean_us: total_us / affected.reduce((sum, query) => sum + callsOf(query.before), 0),
    after_mean_us:
      affected.reduce((sum, query) => sum + timeOf(query.after), 0) /
      affected.reduce((sum, query) => sum + callsOf(query.after), 0),
    before_load: affected.reduce((sum, query) => sum + timeOf(query.before) / 1e6 / secondsOf(query.before), 0),
    before_points: before.length,
    after_points: after.length,
    control_queries,
    control_ratio,
    smallest_visible_ratio: smallestVisibleRatio(found),
    likelihood_ratio,
    matched_by,
    per_query: cleaned.map((query) => ({
      query_hash: query.query_hash,
      time_ratio: ratioEstimate(matchedDifference(query.before_levels, query.after_levels, options).found),
    })),
  };
}

function verdictOf(found: LogDifference, has_crossed: boolean, is_enough: boolean, is_last: boolean): Verdict {
  if (!is_enough) return is_last ? 'not_distinguishable' : 'measuring';
  if (has_crossed && isDistinguishable(found)) return found.difference < 0 ? 'improved' : 'worse';
  return is_last ? 'not_distinguishable' : 'measuring';
}

type Side = 'before' | 'after' | 'neither';

const sideOf =
  (options: ComparisonOptions) =>
  (point: Point): Side => {
    if (point.to_ms <= options.applied_after.getTime()) return 'before';
    return point.from_ms >= options.applied_at.getTime() ? 'after' : 'neither';
  };

function split(points: readonly Point[], side: (point: Point) => Side) {
  return {
    before: points.filter((point) => side(point) === 'before'),
    after: points.filter((point) => side(point) === 'after'),
  };
}

/** At each point the median over controls of (ln − its own median before): what the whole server did. */
function controlShifts(
  of_query: ReadonlyMap<string, readonly Point[]>,
  options: ComparisonOptions,
  side: (point: Point) => Side,
) {
  const moved = new Map<number, number[]>();
  const ratios: number[] = [];
  for (const query_hash of options.controls) {
    const { before, after } = split(of_query.get(query_hash) ?? [], side);
    if (before.length < 2 || after.length < 2) continue;
    const usual = median(before.map((point) => point.ln_us));
    ratios.push(median(after.map((point) => point.ln_us)) - usual);
    for (const point of [...before, ...after]) {
      const at = moved.get(point.point);
      if (at === undefined) moved.set(point.point, [point.ln_us - usual]);
      else at.push(point.ln_us - usual);
    }
  }
  return {
    shifts: new Map([...moved].map(([point, values]) => [point, median(values)])),
    control_queries: ratios.length,
    control_ratio: ratios.length === 0 ? 1 : Math.exp(median(ratios)),
  };
}

/**
 * One series: at each point ln of what the affected queries that ran in it take beside their time before. Times are
 * added, not their logarithms: one query of two made a hundred times faster halves the time, it does not tenth it.
 */
function weighted(
  queries: readonly {
    readonly weight: number;
    readonly before_levels: readonly Level[];
    readonly after_levels: readonly Level[];
  }[],
  which: 'before_levels' | 'after_levels',
): readonly Level[] {
  const sums = new Map<number, { weight: number; sum: number }>();
  for (const query of queries) {
    const usual = median(query.before_levels.map((level) => level.ln));
    for (const { point, ln } of query[which]) {
      const at = sums.get(point) ?? { weight: 0, sum: 0 };
      sums.set(point, { weight: at.weight + query.weight, sum: at.sum + query.weight * Math.exp(ln - usual) });
    }
  }
  return [...sums]
    .sort(([left], [right]) => left - right)
    .map(([point, { weight, sum }]) => ({ point, ln: Math.log(sum / weight) }));
}

const timeOf = (points: readonly Point[]): number => points.reduce((sum, point) => sum + point.time_us, 0);
const callsOf = (points: readonly Point[]): number => points.reduce((sum, point) => sum + point.calls, 0);

function secondsOf(points: readonly Point[]): number {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 1;
  return Math.max(1e-3, (last.to_ms - first.from_ms) / 1000);
}
