import type { ChooseQueries, FeatureTable, WeightedQuery } from './weighted-query.js';
import { at, featureTable } from './weighted-query.js';

/**
 * GSUM (Deep, Gruenheid, Koutris, Naughton, Viglas: "Comprehensive and Efficient Workload Compression", PVLDB 14, 2020):
 * greedy on the mean of coverage (cost-weighted share of the columns that the picks have) and representativity (how alike
 * the columns of the picks and of the workload are distributed, 1 − total variation).
 */
export const gsum: ChooseQueries = (queries, k) => {
  const table = featureTable(queries);
  const wanted = columnShares(table, queries);
  const picked = { mass: new Float64Array(table.columns), whole: 0 };
  const is_picked = new Uint8Array(queries.length);
  const picks: number[] = [];
  while (picks.length < Math.min(k, queries.length)) {
    let best = -1;
    let most = -1;
    for (let query = 0; query < queries.length; query++) {
      if (at(is_picked, query) === 1) continue;
      const worth = worthWith(table, queries, wanted, picked, query);
      if (worth > most) [best, most] = [query, worth];
    }
    picks.push(best);
    is_picked[best] = 1;
    picked.whole += add(table, queries, picked.mass, best);
  }
  return picks;
};

function columnShares(table: FeatureTable, queries: readonly WeightedQuery[]): Float64Array {
  const mass = new Float64Array(table.columns);
  let whole = 0;
  for (let query = 0; query < table.queries; query++) whole += add(table, queries, mass, query);
  return whole > 0 ? mass.map((one) => one / whole) : mass;
}

/** Adds a query's columns, each by its weight × the query's cost; gives what was added. */
function add(table: FeatureTable, queries: readonly WeightedQuery[], mass: Float64Array, query: number): number {
  const cost = queries[query]?.cost ?? 0;
  let added = 0;
  for (let cell = at(table.starts, query); cell < at(table.starts, query + 1); cell++) {
    const own = at(table.weight, cell) * cost;
    mass[at(table.column, cell)] = at(mass, at(table.column, cell)) + own;
    added += own;
  }
  return added;
}

/** The objective were `query` picked too. */
function worthWith(
  table: FeatureTable,
  queries: readonly WeightedQuery[],
  wanted: Float64Array,
  picked: { readonly mass: Float64Array; readonly whole: number },
  query: number,
): number {
  const mass = picked.mass.slice();
  const whole = picked.whole + add(table, queries, mass, query);
  let covered = 0;
  let apart = 0;
  for (let column = 0; column < table.columns; column++) {
    const own = at(mass, column);
    if (own > 0) covered += at(wanted, column);
    apart += Math.abs(at(wanted, column) - (whole > 0 ? own / whole : 0));
  }
  return 0.5 * covered + 0.5 * (1 - apart / 2);
}
