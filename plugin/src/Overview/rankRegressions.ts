import type { Recommendation, ViewRow } from '@plumbline/contracts';
import { parsePayload } from '../data/parsePayload';

export type RegressionRow = ViewRow<'regressions_latest'>;
export type RecommendationRow = ViewRow<'recommendations_latest'>;

export interface Worsening {
  readonly regression: RegressionRow;
  /** Other open regressions with the same cause. */
  readonly others: number;
  readonly extra_seconds_per_day: number;
  readonly recommendation: RecommendationRow | undefined;
}

const weight: Readonly<Record<string, number>> = { critical: 2, warning: 1, info: 0 };

/** Open regressions merged by their cause, worst first, each with the advice that answers it. */
export function rankRegressions(
  regressions: readonly RegressionRow[],
  recommendations: readonly RecommendationRow[],
): readonly Worsening[] {
  return [...grouped(regressions).values()]
    .map((group) => worseningOf(group, recommendations))
    .filter((worsening) => worsening !== undefined)
    .sort(
      (a, b) =>
        (weight[b.regression.severity] ?? 0) - (weight[a.regression.severity] ?? 0) ||
        b.extra_seconds_per_day - a.extra_seconds_per_day,
    );
}

function grouped(regressions: readonly RegressionRow[]): Map<string, RegressionRow[]> {
  const groups = new Map<string, RegressionRow[]>();
  for (const row of regressions) {
    const key = row.group_id || row.regression_id;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

function worseningOf(
  group: readonly RegressionRow[],
  recommendations: readonly RecommendationRow[],
): Worsening | undefined {
  const [regression] = [...group].sort((a, b) => b.extra_seconds_per_day - a.extra_seconds_per_day);
  if (regression === undefined) return undefined;
  return {
    regression,
    others: group.length - 1,
    extra_seconds_per_day: group.reduce((sum, row) => sum + row.extra_seconds_per_day, 0),
    recommendation: adviceFor(group, recommendations),
  };
}

/** Advice names the regressions it answers; older advice is found by the query it is about. */
export function adviceFor(
  group: readonly RegressionRow[],
  recommendations: readonly RecommendationRow[],
): RecommendationRow | undefined {
  const ids = new Set(group.map((row) => row.regression_id));
  const hashes = new Set(group.map((row) => `${row.instance_id} ${row.query_hash}`));
  const parsed = recommendations
    .filter(({ state }) => state !== 'dismissed' && state !== 'withdrawn')
    .map((row) => ({ row, payload: parsePayload<Recommendation>(row.payload) }));
  const named = parsed.find(({ payload }) => payload?.regression_ids?.some((id) => ids.has(id)));
  const about = parsed.find(({ row, payload }) =>
    payload?.query_hashes?.some((hash) => hashes.has(`${row.instance_id} ${hash}`)),
  );
  return (named ?? about)?.row;
}
