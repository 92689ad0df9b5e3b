import type { WeightedQuery } from './weighted-query.js';

/** So little weighs a column of one value: it is there, but no index on it finds anything. */
const least_weight = 0.01;

/**
 * ISUM's variant with statistics: a column weighs by how much of its table an equal comparison with it leaves out,
 * 1 − 1/distinct values, scaled so that the heaviest of a query weighs 1. A column without statistics keeps its weight.
 * Not the default: docs/decisions/0010-workload-compression.md has what it is worth.
 */
export function weighedByStatistics(
  queries: readonly WeightedQuery[],
  distinctValues: (column: string) => number | undefined,
): readonly WeightedQuery[] {
  const weightOf = (column: string, weight: number): number => {
    const distinct = distinctValues(column);
    return distinct === undefined ? weight : Math.max(least_weight, weight * (1 - 1 / Math.max(1, distinct)));
  };
  return queries.map((query) => {
    const weighed = [...query.features].map(([column, weight]) => [column, weightOf(column, weight)] as const);
    const heaviest = Math.max(...weighed.map(([, weight]) => weight));
    return { ...query, features: new Map(weighed.map(([column, weight]) => [column, weight / heaviest])) };
  });
}
