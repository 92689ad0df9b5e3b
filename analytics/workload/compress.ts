import { gsum } from './gsum.js';
import { isum } from './isum.js';
import type { WeightedQuery } from './weighted-query.js';
import { at, featureTable } from './weighted-query.js';

export interface CompressOptions {
  /** How many queries to keep. */
  readonly k: number;
  /** Up to this many queries influence is reckoned between all pairs; above, against the workload's summary. */
  readonly all_pairs_max_queries: number;
  /** Below this k the first picks are chosen for coverage: with few picks, an uncovered column is an index not found. */
  readonly tiny_k: number;
}

export interface CompressedQuery {
  readonly query_hash: string;
  /** Cost and calls of the queries that this one stands for, itself included. */
  readonly cost: number;
  readonly calls: number;
  readonly stands_for: number;
}

export interface CompressedWorkload {
  /** In the order they were chosen: the first m are the picks of m, a tiny k aside. */
  readonly queries: readonly CompressedQuery[];
  readonly influence: 'all_pairs' | 'summary';
  readonly of_queries: number;
  /** Shares from 0 to 1 of the whole workload that the kept queries stand for: 1 − share is what nothing kept is like. */
  readonly cost_share: number;
  readonly calls_share: number;
  /** Share of the indexable columns, by the cost of the queries that use them, that a kept query uses. */
  readonly column_share: number;
}

/** Of a tiny k this many are for coverage; measured best of 0 to 4 on both published matrices (docs/decisions/0010). */
const coverage_picks = 4;

export type CompressibleQuery = WeightedQuery & { readonly calls: number };

/** Keeps the queries whose advice is worth most to the whole workload. Throws RangeError when k is no count. */
export function compress(queries: readonly CompressibleQuery[], options: CompressOptions): CompressedWorkload {
  if (!Number.isInteger(options.k) || options.k < 1)
    throw new RangeError(`k must be a whole number from 1, not ${options.k}`);
  const influence = queries.length <= options.all_pairs_max_queries ? 'all_pairs' : 'summary';
  const picks = inRounds(queries, options.k, (of_round, k, is_first) => {
    const first_picks = is_first && k < options.tiny_k ? gsum(of_round, Math.min(k, coverage_picks)) : [];
    return isum({ influence, discount: 'columns', first_picks })(of_round, k);
  });
  return { ...describe(queries, picks), influence, of_queries: queries.length };
}

/**
 * Queries with the very same columns ask for the same indexes: of each such group only its costliest is chosen from, with
 * the group's cost; of what is left the next costliest when every group has a pick.
 */
function inRounds(
  queries: readonly WeightedQuery[],
  k: number,
  choose: (of_round: readonly WeightedQuery[], k: number, is_first: boolean) => readonly number[],
): readonly number[] {
  const groups = groupsByColumns(queries);
  const picks: number[] = [];
  for (let round = 0; picks.length < Math.min(k, queries.length); round++) {
    const places = groups.flatMap((group) => group.slice(round, round + 1));
    const of_round = groups.flatMap((group) => {
      const [first, ...others] = group.slice(round).flatMap((place) => queries[place] ?? []);
      if (first === undefined) return [];
      return [{ ...first, cost: others.reduce((sum, { cost }) => sum + cost, first.cost) }];
    });
    const chosen = choose(of_round, k - picks.length, round === 0);
    picks.push(...chosen.flatMap((place) => places.slice(place, place + 1)));
  }
  return picks;
}

/** Places of queries with the same columns, the costliest of each group first; groups by their first query. */
function groupsByColumns(queries: readonly WeightedQuery[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  queries.forEach(({ features }, place) => {
    const key = [...features]
      .map(([column, weight]) => `${column} ${weight}`)
      .sort()
      .join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  });
  const costOf = (place: number): number => queries[place]?.cost ?? 0;
  return [...groups.values()].map((group) => group.sort((one, other) => costOf(other) - costOf(one)));
}

function describe(queries: readonly CompressibleQuery[], picks: readonly number[]) {
  const standIn = nearestPicks(queries, picks);
  const kept = picks.map((pick) => ({ query_hash: queries[pick]?.query_hash ?? '', cost: 0, calls: 0, stands_for: 0 }));
  let cost = 0;
  let calls = 0;
  queries.forEach((query, place) => {
    cost += query.cost;
    calls += query.calls;
    const one = kept[at(standIn, place)];
    if (one === undefined) return;
    one.cost += query.cost;
    one.calls += query.calls;
    one.stands_for += 1;
  });
  const sum = (of: 'cost' | 'calls') => kept.reduce((total, one) => total + one[of], 0);
  return {
    queries: kept,
    cost_share: cost > 0 ? sum('cost') / cost : 0,
    calls_share: calls > 0 ? sum('calls') / calls : 0,
    column_share: columnShare(queries, picks),
  };
}

/** Per query the place among the picks of the one most like it (weighted Jaccard); −1 when none shares a column. */
function nearestPicks(queries: readonly WeightedQuery[], picks: readonly number[]): Int32Array {
  const table = featureTable(queries);
  const weight_of = queries.map(({ features }) => [...features.values()].reduce((sum, weight) => sum + weight, 0));
  const nearest = new Int32Array(queries.length).fill(-1);
  const similarity = new Float64Array(queries.length);
  picks.forEach((pick, place) => {
    const least = new Map<number, number>();
    for (let cell = at(table.starts, pick); cell < at(table.starts, pick + 1); cell++) {
      const column = at(table.column, cell);
      for (let holder = at(table.holder_starts, column); holder < at(table.holder_starts, column + 1); holder++) {
        const other = at(table.holder, holder);
        least.set(other, (least.get(other) ?? 0) + Math.min(at(table.weight, cell), at(table.holder_weight, holder)));
      }
    }
    for (const [other, shared] of least) {
      const alike = shared / ((weight_of[pick] ?? 0) + (weight_of[other] ?? 0) - shared);
      if (alike <= at(similarity, other)) continue;
      similarity[other] = alike;
      nearest[other] = place;
    }
  });
  picks.forEach((pick, place) => (nearest[pick] = place));
  return nearest;
}

function columnShare(queries: readonly WeightedQuery[], picks: readonly number[]): number {
  const covered = new Set(picks.flatMap((pick) => [...(queries[pick]?.features.keys() ?? [])]));
  let whole = 0;
  let share = 0;
  for (const { cost, features } of queries) {
    for (const [column, weight] of features) {
      whole += cost * weight;
      if (covered.has(column)) share += cost * weight;
    }
  }
  return whole > 0 ? share / whole : 0;
}
