/** What tuning only the kept queries is worth to the whole workload, beside other ways to choose them; and speed. */
import { existsSync } from 'node:fs';
import { compress } from '@plumbline/analytics/workload/compress';
import { weighedByStatistics } from '@plumbline/analytics/workload/statistics-weights';
import type { WeightedQuery } from '@plumbline/analytics/workload/weighted-query';
import type { Benchmark, Figure } from '../figure.js';
import { compress_options, compressionGates, type CompressionGate } from '../workloads/compression-gates.js';
import { readCostMatrix, weightedQueries } from '../workloads/cost-matrix.js';
import { generatedWorkload } from '../workloads/generated-workload.js';
import {
  asCostMatrix,
  distinctValuesIn,
  own_matrix_label,
  ownWeightedQueries,
  readOwnMatrix,
} from '../workloads/own-matrix.js';

const published_budget_bytes = 5e9;

const published = [
  { file: 'job_113_queries.txt', label: 'JOB, 113 queries' },
  { file: 'tpch_19_queries.txt', label: 'TPC-H SF10, 19 queries' },
];
const folder = process.env['PLUMBLINE_BENCH_DATA'] ?? '../shared/data';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function figuresOf(gates: readonly CompressionGate[], label: string): readonly Figure[] {
  return gates.map(({ k, own, least, full, beside, kept }) => {
    const told = beside.map(({ name, worth }) => `${name} ${percent(worth)}`).join(', ');
    const shares =
      `the kept stand for ${percent(kept.calls_share)} of the runs and ${percent(kept.cost_share)} of the cost, ` +
      `and use ${percent(kept.column_share)} of the columns`;
    return {
      figure: `${label}, ${k} kept: cost saved on all of them (all tuned: ${percent(full)}; ${told}; ${shares})`,
      measured: percent(own),
      target: `≥ ${percent(least)}`,
      is_met: own >= least,
    };
  });
}

function speed(queries: readonly (WeightedQuery & { readonly calls: number })[], k: number, target_s: number): Figure {
  const started_at = process.cpuUsage();
  const { influence } = compress(queries, { ...compress_options, k });
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
        const matrix = readCostMatrix(path);
        const gates = compressionGates(matrix, weightedQueries(matrix), published_budget_bytes);
        figures.push(...figuresOf(gates, label));
      } else say(`${label}: not measured, there is no ${path} (PLUMBLINE_BENCH_DATA names its folder)`);
    }
    const own = readOwnMatrix();
    const { server_version, scale, command } = own.made_by;
    say(`${own_matrix_label} (${command}: PostgreSQL ${server_version}, SF ${scale})`);
    const queries = ownWeightedQueries(own);
    const gates = compressionGates(asCostMatrix(own), queries, own.budget_bytes, {
      'ours weighed by statistics': weighedByStatistics(queries, distinctValuesIn(own)),
    });
    figures.push(...figuresOf(gates, own_matrix_label));
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
