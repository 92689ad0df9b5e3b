import { seeded } from '@plumbline/analytics/testing/series';
import { stratified, topCost, uniform } from '@plumbline/analytics/workload/comparators';
import { compress, type CompressedWorkload } from '@plumbline/analytics/workload/compress';
import { gsum } from '@plumbline/analytics/workload/gsum';
import { isum } from '@plumbline/analytics/workload/isum';
import type { ChooseQueries, WeightedQuery } from '@plumbline/analytics/workload/weighted-query';
import { improvement, tune, type CostMatrix } from './cost-matrix.js';

/** At k kept queries: what tuning only those saves on all, shares of the whole matrix's cost from 0 to 1. */
export interface CompressionGate {
  readonly k: number;
  readonly own: number;
  /** As good as the best other way less a point, and at √n 95 % of what tuning all saves. */
  readonly least: number;
  readonly full: number;
  readonly beside: readonly { readonly name: string; readonly worth: number }[];
  readonly kept: CompressedWorkload;
}

export const compress_options = { all_pairs_max_queries: 3_000, tiny_k: 8 };
const full_share_at_root = 0.95;
const margin_points = 1;
const uniform_seeds = [1, 2, 3, 4, 5];

/** What the gate is against. */
const others: Readonly<Record<string, ChooseQueries>> = { 'top cost': topCost, stratified, GSUM: gsum };
/** Told beside, because it is what ours was made from. */
const as_published = isum({ influence: 'all_pairs', discount: 'columns_and_similarity' });

/**
 * At √n/2, √n and 2√n. Every query runs once: its cost is its weight. `otherwise_weighed`: the same queries with other
 * weights, compressed as ours and told beside by name.
 */
export function compressionGates(
  matrix: CostMatrix,
  queries: readonly WeightedQuery[],
  budget_bytes: number,
  otherwise_weighed: Readonly<Record<string, readonly WeightedQuery[]>> = {},
): readonly CompressionGate[] {
  const worthOf = (places: readonly number[]): number => {
    const tuned = places.flatMap((place) => matrix.queries.slice(place, place + 1));
    const weighted = tuned.map((query) => ({ query, weight: 1 }));
    return improvement(matrix, tune(matrix, weighted, budget_bytes));
  };
  const place_of = new Map(queries.map(({ query_hash }, place) => [query_hash, place]));
  const full = worthOf(queries.map((_, place) => place));
  const root = Math.sqrt(queries.length);
  return [root / 2, root, 2 * root].map(Math.round).map((k) => {
    const keptOf = (weighed: readonly WeightedQuery[]): CompressedWorkload =>
      compress(
        weighed.map((query) => ({ ...query, calls: 1 })),
        { ...compress_options, k },
      );
    const worthOfKept = (workload: CompressedWorkload): number =>
      worthOf(workload.queries.map(({ query_hash }) => place_of.get(query_hash) ?? -1));
    const kept = keptOf(queries);
    const own = worthOfKept(kept);
    const told = Object.entries(otherwise_weighed).map(([name, weighed]) => ({
      name,
      worth: worthOfKept(keptOf(weighed)),
    }));
    const compared = Object.entries(others).map(([name, choose]) => ({ name, worth: worthOf(choose(queries, k)) }));
    const by_chance = uniform_seeds.map((seed) => worthOf(uniform(seeded(seed))(queries, k)));
    compared.push({ name: 'uniform', worth: by_chance.reduce((sum, worth) => sum + worth, 0) / by_chance.length });
    const best = Math.max(...compared.map(({ worth }) => worth));
    const at_root = k === Math.round(root) ? full_share_at_root * full : 0;
    const published = { name: 'ISUM as published', worth: worthOf(as_published(queries, k)) };
    return {
      k,
      own,
      least: Math.max(best - margin_points / 100, at_root),
      full,
      beside: [...compared, published, ...told],
      kept,
    };
  });
}
