import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { candidatesOf, indexKeyText, type CreateIndex } from '@plumbline/analytics/advisors/index-candidates';
import { rowsOf } from '@plumbline/analytics/advisors/catalog';
import type { IndexCosts } from '@plumbline/analytics/advisors/index-costs';
import { indexableColumns } from '@plumbline/analytics/workload/indexable-columns';
import type { WeightedQuery } from '@plumbline/analytics/workload/weighted-query';
import type { JudgedQuery } from '@plumbline/contracts';
import type { CostMatrix, MatrixIndex, MatrixQuery } from './cost-matrix.js';
import { countedCosts, judgedQueries } from './tpch-advice.js';
import { tpchQueries } from './tpch-queries.js';
import { published_scale, type Tpch } from './tpch.js';

/** A matrix of our own: HypoPG's costs on our own data, with the columns that the product's parser sees. */
export interface OwnMatrix {
  readonly made_by: {
    readonly command: string;
    readonly server_version: string;
    readonly scale: number;
    readonly planned: number;
  };
  /** As much room in proportion to the data as 5 GB at TPC-H's scale factor 10. */
  readonly budget_bytes: number;
  readonly indexes: readonly (MatrixIndex & { readonly name: string })[];
  /** By name without its table: TPC-H has every column name once. */
  readonly distinct_values: Readonly<Record<string, number>>;
  readonly queries: readonly (MatrixQuery & { readonly features: readonly string[] })[];
}

export const instances_per_template = 20;
export const own_matrix_label = `TPC-H-like of our own, ${19 * instances_per_template} queries`;
const budget_gb = 5;
const max_columns = 2;
const query_seed = 1;
/** A combination that makes a plan cheaper by less than a thousandth beside its parts has no row. */
const least_gain_ratio = 0.999;

const stored = new URL('../../workloads/tpch-matrix.json.gz', import.meta.url);

export const readOwnMatrix = (): OwnMatrix => JSON.parse(gunzipSync(readFileSync(stored)).toString()) as OwnMatrix;
export const writeOwnMatrix = (matrix: OwnMatrix): void =>
  writeFileSync(stored, gzipSync(JSON.stringify(matrix), { level: 9 }));

export const asCostMatrix = ({ indexes, queries }: OwnMatrix): CostMatrix => ({
  queries,
  indexes: new Map(indexes.map((index, number) => [number, index])),
});

/** `?.o_orderdate` and `orders.o_orderdate` alike. */
export const distinctValuesIn =
  ({ distinct_values }: OwnMatrix) =>
  (column: string): number | undefined =>
    distinct_values[column.replace(/^.*\./, '')];

export const ownWeightedQueries = ({ queries }: OwnMatrix): readonly WeightedQuery[] =>
  queries.map(({ name, initial_cost, features }) => ({
    query_hash: name,
    cost: initial_cost,
    features: new Map(features.map((column) => [column, 1])),
  }));

/** Asks the planner for every query alone, under each index it could use, and under those that help in pairs and threes. */
export async function makeOwnMatrix(
  tpch: Tpch,
  scale: number,
  command: string,
  say: (line: string) => void,
): Promise<OwnMatrix> {
  const costs = countedCosts(tpch);
  const judged = await judgedQueries(tpchQueries(instances_per_template, scale, query_seed), tpch, costs);
  const numbers = new Map<string, number>();
  const indexes: (MatrixIndex & { name: string })[] = [];
  const numberOf = async (index: CreateIndex): Promise<number> => {
    const name = indexKeyText(index);
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, indexes.length);
    indexes.push({ name, columns: index.columns, size_bytes: (await costs.sizeBytes(index)) ?? Infinity });
    return indexes.length - 1;
  };
  const queries: OwnMatrix['queries'][number][] = [];
  for (const query of judged) {
    const rows = await costRowsOf(query, tpch, costs);
    const numbered = [];
    for (const row of rows) {
      const row_indexes = [];
      for (const index of row.indexes) row_indexes.push(await numberOf(index));
      numbered.push({ indexes: row_indexes, cost: Math.round(row.cost) });
    }
    const features = [...indexableColumns(query.features).keys()];
    const initial_cost = Math.round(query.total_time_us / 1e6);
    queries.push({ name: query.query_hash, initial_cost, features, costs: numbered });
    if (queries.length % 50 === 0) say(`${queries.length} of ${judged.length} queries, ${costs.counts.planned} plans`);
  }
  const { server_version } = tpch;
  return {
    made_by: { command, server_version, scale, planned: costs.counts.planned },
    budget_bytes: (budget_gb * 1e9 * scale) / published_scale,
    indexes,
    distinct_values: distinctValues(tpch),
    queries,
  };
}

/** n_distinct of every column in values, not in shares of the rows. */
function distinctValues({ catalog, tables }: Tpch): Readonly<Record<string, number>> {
  const known = tables.flatMap((table) =>
    catalog.columns(table).flatMap(({ column_name, n_distinct }) => {
      if (n_distinct === null || n_distinct === 0) return [];
      return [[column_name, Math.round(n_distinct > 0 ? n_distinct : -n_distinct * rowsOf(table))] as const];
    }),
  );
  return Object.fromEntries(known);
}

interface Row {
  readonly indexes: readonly CreateIndex[];
  readonly cost: number;
}

async function costRowsOf(query: JudgedQuery, { catalog }: Tpch, costs: IndexCosts): Promise<readonly Row[]> {
  const costOf = async (indexes: readonly CreateIndex[]): Promise<Row> => {
    const planned = await costs.cost(query, indexes);
    if (planned === undefined) throw new Error(`${query.query_hash} has no plan`);
    return { indexes, cost: planned.total_cost };
  };
  const none = await costOf([]);
  const alone: Row[] = [];
  for (const { index } of candidatesOf([query], catalog, max_columns)) {
    const row = await costOf([index]);
    if (row.cost < none.cost * least_gain_ratio) alone.push(row);
  }
  const pairs = await longer(alone, alone, costOf);
  const best_pairs = [...pairs].sort((one, other) => one.cost - other.cost).slice(0, alone.length);
  return [...alone, ...pairs, ...(await longer(best_pairs, alone, costOf))];
}

/** Each row with one more index, where the planner gains by it beside both. */
async function longer(
  rows: readonly Row[],
  alone: readonly Row[],
  costOf: (indexes: readonly CreateIndex[]) => Promise<Row>,
): Promise<readonly Row[]> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    for (const {
      indexes: [more],
      cost,
    } of alone) {
      if (more === undefined || row.indexes.includes(more)) continue;
      const indexes = [...row.indexes, more];
      const key = indexes.map(indexKeyText).sort().join('|');
      if (found.has(key)) continue;
      const together = await costOf(indexes);
      if (together.cost < Math.min(row.cost, cost) * least_gain_ratio) found.set(key, together);
    }
  }
  return [...found.values()];
}
