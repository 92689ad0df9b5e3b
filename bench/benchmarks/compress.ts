/** What tuning only the kept queries is worth to the whole workload, beside other ways to choose them; and speed. */
import { existsSync } from 'node:fs';
import { seeded } from '@plumbline/analytics/testing/series';
import { stratified, topCost, uniform } from '@plumbline/analytics/workload/comparators';
import { compress } from '@plumbline/analytics/workload/compress';
import { gsum } from '@plumbline/analytics/workload/gsum';
import { isum } from '@plumbline/analytics/workload/isum';
import type { ChooseQueries, WeightedQuery } from '@plumbline/analytics/workload/weighted-query';
import type { Benchmark, Figure } from '../figure.js';
import { improvement, readCostMatrix, tune, weightedQueries } from '../workloads/cost-matrix.js';
import type { CostMatrix } from '../workloads/cost-matrix.js';
import { generatedWorkload } from '../workloads/generated-workload.js';

const budget_bytes = 5e9;
const full_share_at_root = 0.95;
const margin_points = 1;
const uniform_seeds = [1, 2, 3, 4, 5];
const options = { all_pairs_max_queries: 3_000, tiny_k: 8 };

const published = [
  { file: 'job_113_queries.txt', label: 'JOB, 113 queries' },
  { file: 'tpch_19_queries.txt', label: 'TPC-H SF10, 19 queries' },
];
const folder = process.env['PLUMBLINE_BENCH_DATA'] ?? '../shared/data';

const ours: ChooseQueries = (queries, k) => {
  const places = new Map(queries.map(({ query_hash }, place) => [query_hash, place]));
  const { queries: kept } = compress(
    queries.map((query) => ({ ...query, calls: 1 })),
    { ...options, k },
  );
  return kept.map(({ query_hash }) => places.get(query_hash) ?? -1);
};

/** What the gate is against. */
const others: Readonly<Record<string, ChooseQueries>> = { 'top cost': topCost, stratified, GSUM: gsum };
/** Told beside, because it is what ours was made from. */
const as_published = isum({ influence: 'all_pairs', discount: 'columns_and_similarity' });

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function gates(matrix: CostMatrix, label: string): readonly Figure[] {
  const queries = weightedQueries(matrix);
  const worthOf = (places: readonly number[]): number => {
    const tuned = places.flatMap((place) => matrix.queries.slice(place, place + 1));
    const weighted = tuned.map((query) => ({ query, weight: 1 }));
    return improvement(matrix, tune(matrix, weighted, budget_bytes));
  };
  const full = worthOf(queries.map((_, place) => place));
  const root = Math.sqrt(queries.length);
  return [root / 2, root, 2 * root].map(Math.round).map((k) => {
    const own = worthOf(ours(queries, k));
    const beside = Object.entries(others).map(([name, choose]) => ({ name, worth: worthOf(choose(queries, k)) }));
    const by_chance = uniform_seeds.map((seed) => worthOf(uniform(seeded(seed))(queries, k)));
    beside.push({ name: 'uniform', worth: by_chance.reduce((sum, worth) => sum + worth, 0) / by_chance.length });
    const best = Math.max(...beside.map(({ worth }) => worth));
    const is_root = k === Math.round(root);
    const least = Math.max(best - margin_points / 100, is_root ? full_share_at_root * full : 0);
    const ours_was = { name: 'ISUM as published', worth: worthOf(as_published(queries, k)) };
    const told = [...beside, ours_was].map(({ name, worth }) => `${name} ${percent(worth)}`).join(', ');
    return {
      figure: `${label}, ${k} kept: cost saved on all of them (all tuned: ${percent(full)}; ${told})`,
      measured: percent(own),
      target: `≥ ${percent(least)}`,
      is_met: own >= least,
    };
  });
}

function speed(queries: readonly (WeightedQuery & { readonly calls: number })[], k: number, target_s: number): Figure {
  const started_at = process.cpuUsage();
  const { influence } = compress(queries, { ...options, k });
  const used = process.cpuUsage(started_at);
  const cpu_s = (used.user + used.system) / 1e6;
  return {
    figure: `${queries.length} templates to ${k}, influence by ${influence}: CPU seconds`,
    measured: `${cpu_s.toFixed(2)} s`,
    target: `< ${target_s} s`,
    is_met: cpu_s < target_s,
  };
}

const benchmark: Benchmark = {
  name: 'compress',
  summary: 'workload compression: value of the kept queries, and speed',
  run: (say) => {
    const figures: Figure[] = [];
    for (const { file, label } of published) {
      const path = `${folder}/index_selection/${file}`;
      if (existsSync(path)) {
        say(label);
        figures.push(...gates(readCostMatrix(path), label));
      } else say(`${label}: not measured, there is no ${path} (PLUMBLINE_BENCH_DATA names its folder)`);
    }
    say('speed');
    figures.push(
      speed(generatedWorkload(3_000, 1), 55, 10),
      speed(generatedWorkload(10_000, 1), 100, 10),
      speed(generatedWorkload(100_000, 1), 316, 10),
    );
    return Promise.resolve(figures);
  },
};
export default benchmark;
