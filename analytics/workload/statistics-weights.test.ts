import { expect, test } from '@jest/globals';
import { weighedByStatistics } from './statistics-weights.js';

const weights = (distinct: Readonly<Record<string, number>>, columns: string): Readonly<Record<string, number>> => {
  const features = new Map(columns.split('').map((column) => [column, 1]));
  const [query] = weighedByStatistics([{ query_hash: 'q', cost: 1, features }], (column) => distinct[column]);
  return Object.fromEntries(query?.features ?? []);
};

test.each([
  ['half as much for two values beside many', { a: 2, b: 1e9 }, { a: 0.5, b: 1 }],
  ['1 for the heaviest, whatever its statistics', { a: 2, b: 2 }, { a: 1, b: 1 }],
  ['what it weighed where nothing is known', { a: 4 }, { a: 0.75, b: 1 }],
  ['next to nothing for a single value', { a: 1, b: 1e9 }, { a: 0.01, b: 1 }],
])('a column weighs %s', (_title, distinct, expected) => {
  const found = weights(distinct, 'ab');
  expect(Object.keys(found)).toEqual(['a', 'b']);
  for (const [column, weight] of Object.entries(expected)) expect(found[column]).toBeCloseTo(weight, 6);
});

test('a query without columns stays without', () => {
  expect(weighedByStatistics([{ query_hash: 'q', cost: 1, features: new Map() }], () => 1)[0]?.features.size).toBe(0);
});
