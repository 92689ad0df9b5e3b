import { readFileSync } from 'node:fs';
import type { WeightedQuery } from '@plumbline/analytics/workload/weighted-query';

/**
 * Planner costs of every query under every combination of hypothetical indexes worth asking for, as published with
 * Kossmann et al., "Magic mirror in my hand, which is the best in the land?", VLDB 2020 (AMPL data), or as made by us.
 */
export interface CostMatrix {
  readonly queries: readonly MatrixQuery[];
  readonly indexes: ReadonlyMap<number, MatrixIndex>;
}

export interface MatrixIndex {
  readonly size_bytes: number;
  readonly columns: readonly string[];
}

export interface MatrixQuery {
  readonly name: string;
  readonly initial_cost: number;
  /** Under these indexes together the query costs this. */
  readonly costs: readonly { readonly indexes: readonly number[]; readonly cost: number }[];
}

/** Throws when the file is not of that form: a line it cannot read is named. */
export function readCostMatrix(path: string): CostMatrix {
  const lines = readFileSync(path, 'utf8').split('\n');
  const indexes = new Map<number, MatrixIndex>();
  const combinations = new Map<number, readonly number[]>();
  const cells: { readonly query: string; readonly combination: number; readonly cost: number }[] = [];
  let names: readonly string[] = [];
  let section = '';
  lines.forEach((line, place) => {
    const head = /^(?:set|param) (\w+)/.exec(line)?.[1];
    if (head === 'indexes_per_combination') {
      const [, number, list] = /\[(\d+)\]\s*:=\s*([\d ]*);/.exec(line) ?? [];
      combinations.set(Number(number), (list ?? '').split(' ').filter(Boolean).map(Number));
    } else if (head === 'QUERIES') names = (/:=\s*(.*);/.exec(line)?.[1] ?? '').split(' ');
    else if (head !== undefined) section = head;
    else if (/^\d/.test(line)) {
      const [first = '', second = '', third = ''] = line.split(' ');
      if (section === 'size') indexes.set(Number(first), { size_bytes: Number(second), columns: columnsOf(line) });
      else if (section === 'costs') cells.push({ query: first, combination: Number(second), cost: Number(third) });
      else throw new Error(`${path}:${place + 1}: a row outside of size and costs`);
    }
  });
  return { indexes, queries: names.map((name) => queryOf(name, cells, combinations)) };
}

const columnsOf = (line: string): readonly string[] => [...line.matchAll(/'(\w+)'/g)].map(([, column]) => column ?? '');

function queryOf(
  name: string,
  cells: readonly { readonly query: string; readonly combination: number; readonly cost: number }[],
  combinations: ReadonlyMap<number, readonly number[]>,
): MatrixQuery {
  const own = cells.filter(({ query }) => query === name);
  const initial = own.find(({ combination }) => combination === 0);
  if (initial === undefined) throw new Error(`query ${name} has no cost without indexes`);
  const costs = own
    .filter(({ combination }) => combination !== 0)
    .map(({ combination, cost }) => ({ indexes: combinations.get(combination) ?? [], cost }));
  return { name, initial_cost: initial.cost, costs };
}

/**
 * The columns of the indexes that have a row of their own for a query are its indexable columns. (Rows of pairs hold an
 * index that matters beside every other one.) The files name columns without their table: where several one-column
 * indexes are called alike, the index stands for the column.
 */
export function weightedQueries({ queries, indexes }: CostMatrix): readonly WeightedQuery[] {
  const named = [...indexes.values()].filter(({ columns }) => columns.length === 1).map(({ columns }) => columns[0]);
  const isShared = (column: string): boolean => named.filter((name) => name === column).length > 1;
  const columnsOfIndex = (index: number): readonly string[] =>
    (indexes.get(index)?.columns ?? []).map((column) => (isShared(column) ? `${column} of index ${index}` : column));
  return queries.map(({ name, initial_cost, costs }) => {
    const alone = costs.filter((row) => row.indexes.length === 1).flatMap((row) => row.indexes);
    return {
      query_hash: name,
      cost: initial_cost,
      features: new Map(alone.flatMap(columnsOfIndex).map((column) => [column, 1])),
    };
  });
}

/** Cost of a query under a set of indexes: the least over the combinations that the set holds. */
export function costUnder(query: MatrixQuery, chosen: ReadonlySet<number>): number {
  let least = query.initial_cost;
  for (const { indexes, cost } of query.costs)
    if (cost < least && indexes.every((index) => chosen.has(index))) least = cost;
  return least;
}

export interface TunedQuery {
  readonly query: MatrixQuery;
  readonly weight: number;
}

/** Greedy by saved cost per byte over the combinations, within a budget: the advisor on a matrix. */
export function tune(matrix: CostMatrix, tuned: readonly TunedQuery[], budget_bytes: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  const candidates = [
    ...new Map(
      tuned.flatMap(({ query }) => query.costs.map(({ indexes }) => [indexes.join(' '), indexes] as const)),
    ).values(),
  ];
  const sizeOf = (indexes: Iterable<number>): number =>
    [...indexes].reduce((sum, index) => sum + (matrix.indexes.get(index)?.size_bytes ?? 0), 0);
  const costOf = (set: ReadonlySet<number>): number =>
    tuned.reduce((sum, { query, weight }) => sum + weight * costUnder(query, set), 0);
  for (let used_bytes = 0; ; used_bytes = sizeOf(chosen)) {
    const now = costOf(chosen);
    const moves = candidates
      .map((indexes) => indexes.filter((index) => !chosen.has(index)))
      .filter((added) => added.length > 0 && used_bytes + sizeOf(added) <= budget_bytes)
      .map((added) => ({ added, ratio: (now - costOf(new Set([...chosen, ...added]))) / sizeOf(added) }))
      .filter(({ ratio }) => ratio > 0);
    const best = moves.reduce<(typeof moves)[number] | undefined>(
      (most, move) => (most === undefined || move.ratio > most.ratio ? move : most),
      undefined,
    );
    if (best === undefined) return chosen;
    for (const index of best.added) chosen.add(index);
  }
}

/** Share of the whole matrix's cost that the indexes save. */
export function improvement(matrix: CostMatrix, chosen: ReadonlySet<number>): number {
  const before = matrix.queries.reduce((sum, query) => sum + query.initial_cost, 0);
  return 1 - matrix.queries.reduce((sum, query) => sum + costUnder(query, chosen), 0) / before;
}
