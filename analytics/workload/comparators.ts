import type { ChooseQueries, WeightedQuery } from './weighted-query.js';

/** What ISUM is measured against: the ways that other tools choose the queries they tune. */

/** The costliest: what most tools do. */
export const topCost: ChooseQueries = (queries, k) => byCost(queries).slice(0, k);

/** Without regard to anything, by a seed. */
export const uniform =
  (random: () => number): ChooseQueries =>
  (queries, k) => {
    const places = queries.map((_, place) => place);
    for (let last = places.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [places[last], places[other]] = [places[other] ?? 0, places[last] ?? 0];
    }
    return places.slice(0, k);
  };

/** The costliest of each group of queries with the same columns, groups in the order of their cost, round after round. */
export const stratified: ChooseQueries = (queries, k) => {
  const groups = new Map<string, number[]>();
  for (const place of byCost(queries)) {
    const key = [...(queries[place]?.features.keys() ?? [])].sort().join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  const costOf = (group: readonly number[]) => group.reduce((sum, place) => sum + (queries[place]?.cost ?? 0), 0);
  const ordered = [...groups.values()].sort((left, right) => costOf(right) - costOf(left));
  const rounds = Math.max(0, ...ordered.map((group) => group.length));
  const turns = Array.from({ length: rounds }, (_, round) => ordered.flatMap((group) => group.slice(round, round + 1)));
  return turns.flat().slice(0, k);
};

const byCost = (queries: readonly WeightedQuery[]): readonly number[] =>
  queries.map((_, place) => place).sort((left, right) => (queries[right]?.cost ?? 0) - (queries[left]?.cost ?? 0));
