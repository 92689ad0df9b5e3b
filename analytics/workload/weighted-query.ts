/** One template of a workload, as compression sees it. */
export interface WeightedQuery {
  readonly query_hash: string;
  /** What tuning may take from: the template's database time in the span in µs, or a planner's cost. Never negative. */
  readonly cost: number;
  /** Indexable columns (`schema.table.column`), each with its weight in (0, 1]. */
  readonly features: ReadonlyMap<string, number>;
}

/**
 * Places in `queries` of at most k picks, in the order they were chosen. The same input gives the same picks: ties go to
 * the earlier place.
 */
export type ChooseQueries = (queries: readonly WeightedQuery[], k: number) => readonly number[];

/** Features numbered and laid out by query and by column: the form in which sums over them are fast. */
export interface FeatureTable {
  readonly queries: number;
  readonly columns: number;
  /** The columns of query q are `column[starts[q]]` to `column[starts[q + 1] - 1]`, their weights likewise. */
  readonly starts: Int32Array;
  readonly column: Int32Array;
  readonly weight: Float64Array;
  /** The queries that have column c are `holder[holder_starts[c]]` to `holder[holder_starts[c + 1] - 1]`. */
  readonly holder_starts: Int32Array;
  readonly holder: Int32Array;
  readonly holder_weight: Float64Array;
}

export function featureTable(queries: readonly WeightedQuery[]): FeatureTable {
  const numbers = new Map<string, number>();
  for (const { features } of queries)
    for (const name of features.keys()) if (!numbers.has(name)) numbers.set(name, numbers.size);
  const size = queries.reduce((sum, { features }) => sum + features.size, 0);
  const table = {
    queries: queries.length,
    columns: numbers.size,
    starts: new Int32Array(queries.length + 1),
    column: new Int32Array(size),
    weight: new Float64Array(size),
    holder_starts: new Int32Array(numbers.size + 1),
    holder: new Int32Array(size),
    holder_weight: new Float64Array(size),
  };
  let place = 0;
  queries.forEach(({ features }, query) => {
    for (const [name, weight] of features) {
      table.column[place] = numbers.get(name) ?? 0;
      table.weight[place] = weight;
      place += 1;
    }
    table.starts[query + 1] = place;
  });
  fillHolders(table);
  return table;
}

/** Counting sort of the cells by column. */
function fillHolders(table: FeatureTable): void {
  const { column, weight, starts, holder_starts, holder, holder_weight } = table;
  for (const one of column) holder_starts[one + 1] = at(holder_starts, one + 1) + 1;
  for (let one = 0; one < table.columns; one++)
    holder_starts[one + 1] = at(holder_starts, one + 1) + at(holder_starts, one);
  const next = holder_starts.slice();
  for (let query = 0; query < table.queries; query++) {
    for (let cell = at(starts, query); cell < at(starts, query + 1); cell++) {
      const place = at(next, at(column, cell));
      next[at(column, cell)] = place + 1;
      holder[place] = query;
      holder_weight[place] = at(weight, cell);
    }
  }
}

/** A number of a typed array at a place that is known to be inside it. */
export const at = (values: Int32Array | Float64Array | Uint8Array, place: number): number => values[place] ?? 0;
