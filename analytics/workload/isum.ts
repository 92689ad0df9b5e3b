import type { ChooseQueries, FeatureTable, WeightedQuery } from './weighted-query.js';
import { at, featureTable } from './weighted-query.js';

/**
 * ISUM (Siddiqui, Wu, Narasayya, Chaudhuri: "ISUM: Efficiently Compressing Large and Complex Workloads for Scalable Index
 * Tuning", SIGMOD 2022). Greedy: the next pick has the most benefit, its own utility (share of the cost) plus its
 * influence on the others; then the columns it covers are taken away from them; when no column is left, all begin anew.
 */
export interface IsumOptions {
  /**
   * all_pairs: influence on every other query by itself, Σ over columns of holders² per pick. summary: influence on the
   * utility-weighted mean of the workload, linear in queries.
   */
  readonly influence: 'all_pairs' | 'summary';
  /** The paper lowers the utility of what is similar to a pick besides; columns alone do better (docs/decisions/0010). */
  readonly discount: 'columns' | 'columns_and_similarity';
  /** Chosen before, by another rule; the picks begin with these. */
  readonly first_picks?: readonly number[];
}

export const isum =
  (options: IsumOptions): ChooseQueries =>
  (queries, k) => {
    const state = begin(queries);
    const picks: number[] = [];
    const first = (options.first_picks ?? []).slice(0, k);
    while (picks.length < Math.min(k, queries.length)) {
      const pick = first[picks.length] ?? mostOf(benefitsBy[options.influence](state), state.is_picked);
      picks.push(pick);
      take(state, pick, options.discount);
    }
    return picks;
  };

interface State {
  readonly table: FeatureTable;
  readonly first_utility: Float64Array;
  readonly utility: Float64Array;
  readonly is_picked: Uint8Array;
  /** 1 once a pick has the column. */
  readonly is_covered: Uint8Array;
  /** Per query the sum of the weights of its uncovered columns. */
  readonly open_weight: Float64Array;
  /** Σ min of weights with the query at hand; zero between uses. */
  readonly shared: Float64Array;
}

function begin(queries: readonly WeightedQuery[]): State {
  const table = featureTable(queries);
  const total = queries.reduce((sum, { cost }) => sum + cost, 0);
  const first_utility = Float64Array.from(queries, ({ cost }) => (total > 0 ? cost / total : 1 / queries.length));
  const state = {
    table,
    first_utility,
    utility: first_utility.slice(),
    is_picked: new Uint8Array(queries.length),
    is_covered: new Uint8Array(table.columns),
    open_weight: new Float64Array(queries.length),
    shared: new Float64Array(queries.length),
  };
  weighOpenColumns(state);
  return state;
}

function weighOpenColumns({ table, is_covered, open_weight }: State): void {
  for (let query = 0; query < table.queries; query++) {
    let sum = 0;
    for (let cell = at(table.starts, query); cell < at(table.starts, query + 1); cell++)
      if (at(is_covered, at(table.column, cell)) === 0) sum += at(table.weight, cell);
    open_weight[query] = sum;
  }
}

function mostOf(benefits: Float64Array, is_picked: Uint8Array): number {
  let most = -1;
  for (let query = 0; query < benefits.length; query++)
    if (at(is_picked, query) === 0 && (most < 0 || at(benefits, query) > at(benefits, most))) most = query;
  return most;
}

function take(state: State, pick: number, discount: IsumOptions['discount']): void {
  const { table, utility, is_picked, is_covered, open_weight } = state;
  is_picked[pick] = 1;
  if (discount === 'columns_and_similarity')
    eachSimilar(state, pick, (other, similarity) => {
      utility[other] = at(utility, other) * (1 - similarity);
    });
  for (let cell = at(table.starts, pick); cell < at(table.starts, pick + 1); cell++) {
    const column = at(table.column, cell);
    if (at(is_covered, column) === 1) continue;
    is_covered[column] = 1;
    for (let place = at(table.holder_starts, column); place < at(table.holder_starts, column + 1); place++) {
      const holder = at(table.holder, place);
      open_weight[holder] = at(open_weight, holder) - at(table.holder_weight, place);
    }
  }
  if (isExhausted(state)) beginAnew(state);
}

/** Below this an open weight is what rounding left of zero. */
const nothing = 1e-9;

const isExhausted = ({ is_picked, open_weight }: State): boolean =>
  open_weight.every((weight, query) => at(is_picked, query) === 1 || weight < nothing);

function beginAnew(state: State): void {
  state.is_covered.fill(0);
  state.utility.set(state.first_utility);
  weighOpenColumns(state);
}

/** Weighted Jaccard over uncovered columns, Σ min / Σ max, of a query with each unpicked one that shares a column. */
function eachSimilar(state: State, query: number, tell: (other: number, similarity: number) => void): void {
  const { table, is_picked, is_covered, open_weight, shared } = state;
  const touched: number[] = [];
  for (let cell = at(table.starts, query); cell < at(table.starts, query + 1); cell++) {
    const column = at(table.column, cell);
    if (at(is_covered, column) === 1) continue;
    const own = at(table.weight, cell);
    for (let place = at(table.holder_starts, column); place < at(table.holder_starts, column + 1); place++) {
      const other = at(table.holder, place);
      if (other === query || at(is_picked, other) === 1) continue;
      if (at(shared, other) === 0) touched.push(other);
      shared[other] = at(shared, other) + Math.min(own, at(table.holder_weight, place));
    }
  }
  for (const other of touched) {
    const least = at(shared, other);
    shared[other] = 0;
    tell(other, least / (at(open_weight, query) + at(open_weight, other) - least));
  }
}

function allPairsBenefits(state: State): Float64Array {
  const benefits = state.utility.slice();
  for (let query = 0; query < state.table.queries; query++) {
    if (at(state.is_picked, query) === 1) continue;
    let influence = 0;
    eachSimilar(state, query, (other, similarity) => {
      influence += similarity * at(state.utility, other);
    });
    benefits[query] = at(benefits, query) + influence;
  }
  return benefits;
}

function summaryBenefits(state: State): Float64Array {
  const { table, utility, is_picked, is_covered } = state;
  const summary = new Float64Array(table.columns);
  let whole = 0;
  eachOpenCell(state, (query, column, weight) => {
    summary[column] = at(summary, column) + at(utility, query) * weight;
    whole += at(utility, query) * weight;
  });
  const benefits = utility.slice();
  for (let query = 0; query < table.queries; query++) {
    if (at(is_picked, query) === 1) continue;
    let least = 0;
    let most = whole;
    for (let cell = at(table.starts, query); cell < at(table.starts, query + 1); cell++) {
      const column = at(table.column, cell);
      if (at(is_covered, column) === 1) continue;
      const own = at(table.weight, cell);
      const others = at(summary, column) - at(utility, query) * own;
      least += Math.min(own, others);
      most += Math.max(own, others) - at(summary, column);
    }
    if (most > nothing) benefits[query] = at(benefits, query) + least / most;
  }
  return benefits;
}

function eachOpenCell(state: State, tell: (query: number, column: number, weight: number) => void): void {
  const { table, is_picked, is_covered } = state;
  for (let query = 0; query < table.queries; query++) {
    if (at(is_picked, query) === 1) continue;
    for (let cell = at(table.starts, query); cell < at(table.starts, query + 1); cell++) {
      const column = at(table.column, cell);
      if (at(is_covered, column) === 0) tell(query, column, at(table.weight, cell));
    }
  }
}

const benefitsBy: Readonly<Record<IsumOptions['influence'], (state: State) => Float64Array>> = {
  all_pairs: allPairsBenefits,
  summary: summaryBenefits,
};
