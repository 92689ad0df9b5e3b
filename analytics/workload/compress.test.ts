import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { stratified, topCost, uniform } from './comparators.js';
import { compress } from './compress.js';
import type { CompressibleQuery } from './compress.js';
import { gsum } from './gsum.js';
import { isum } from './isum.js';
import type { ChooseQueries } from './weighted-query.js';

const options = { all_pairs_max_queries: 3_000, tiny_k: 0 };
const query = (query_hash: string, cost: number, columns: string, calls = 1): CompressibleQuery => ({
  ...{ query_hash, cost, calls },
  features: new Map(columns.split('').map((column) => [column, 1])),
});
const kept = (queries: readonly CompressibleQuery[], k: number): string =>
  compress(queries, { ...options, k })
    .queries.map(({ query_hash }) => query_hash)
    .join('');

/** Worked by hand from the formulas of the paper: columns are letters. */
const cases: readonly [string, readonly CompressibleQuery[], number, string][] = [
  // Utilities .5 .3 .2. Benefits: a .5 + 0; b .3 + .2·⅓ = .37; c .2 + .3·⅓ = .3.
  [
    'the costliest where the others are little alike',
    [query('a', 5, 'x'), query('b', 3, 'yz'), query('c', 2, 'yw')],
    1,
    'a',
  ],
  // Benefits: a .4; b .3 + .3·1 = .6; c likewise, later.
  [
    'one that stands for another before a costlier one',
    [query('a', 4, 'x'), query('b', 3, 'yz'), query('c', 3, 'yz')],
    1,
    'b',
  ],
  // After b, c has no open column and a keeps its utility.
  ['what covers other columns next', [query('a', 4, 'x'), query('b', 3, 'yz'), query('c', 3, 'yz')], 2, 'ba'],
  // After b and a every column is covered: all begin anew.
  ['anew once every column is covered', [query('a', 4, 'x'), query('b', 3, 'yz'), query('c', 3, 'yz')], 3, 'bac'],
  // Groups xy and z: each has a pick before b, dearer than d, is the second of its group.
  [
    'one of each group with the same columns before a second of any',
    [query('a', 5, 'xy'), query('b', 4, 'xy'), query('c', 3, 'xz'), query('d', 1, 'z')],
    4,
    'acdb',
  ],
  ['the earlier of two alike', [query('a', 1, 'x'), query('b', 1, 'x')], 1, 'a'],
  ['by cost alone where nothing is indexable', [query('a', 1, ''), query('b', 2, '')], 2, 'ba'],
];

test.each(cases)('keeps %s', (_title, queries, k, expected) => {
  expect(kept(queries, k)).toBe(expected);
});

describe('what is told of the kept', () => {
  const queries = [query('a', 6, 'xy', 10), query('b', 2, 'xy', 5), query('c', 1, 'yz', 3), query('d', 1, 'w', 2)];
  const told = compress(queries, { ...options, k: 1 });

  it('counts the cost and the calls of all that the kept query stands for', () => {
    expect(told.queries).toEqual([{ query_hash: 'a', cost: 9, calls: 18, stands_for: 3 }]);
  });
  it('tells which share nothing kept is like', () => {
    expect(told).toMatchObject({ of_queries: 4, cost_share: 0.9, calls_share: 0.9 });
  });
  it('tells the share of the columns, by cost', () => {
    expect(told.column_share).toBeCloseTo((12 + 4 + 1) / (12 + 4 + 2 + 1), 10);
  });
});

const workloads = fc
  .array(fc.record({ cost: fc.integer({ min: 0, max: 1_000 }), columns: fc.subarray([...'abcdefgh']) }), {
    maxLength: 40,
  })
  .map((all) => all.map(({ cost, columns }, place) => query(`q${place}`, cost, columns.join(''))));
const ways: readonly [string, ChooseQueries][] = [
  ['ISUM over all pairs', isum({ influence: 'all_pairs', discount: 'columns' })],
  ['ISUM over the summary', isum({ influence: 'summary', discount: 'columns' })],
  ['ISUM as published', isum({ influence: 'all_pairs', discount: 'columns_and_similarity' })],
  ['GSUM', gsum],
  ['top cost', topCost],
  ['stratified', stratified],
  ['uniform', uniform(() => 0.5)],
];

it.each(ways)('%s keeps min(k, n) different queries, and of k + 1 the first k are those of k', (_name, choose) => {
  fc.assert(
    fc.property(workloads, fc.integer({ min: 1, max: 45 }), (queries, k) => {
      const picks = choose(queries, k);
      expect(new Set(picks).size).toBe(Math.min(k, queries.length));
      expect(picks.every((place) => place >= 0 && place < queries.length)).toBe(true);
      expect(choose(queries, k + 1).slice(0, picks.length)).toEqual(picks);
    }),
  );
});

it('never tells of more than there is, and of all when all are kept', () => {
  fc.assert(
    fc.property(workloads, fc.integer({ min: 1, max: 12 }), (queries, k) => {
      const told = compress(queries, { all_pairs_max_queries: 20, tiny_k: 8, k });
      for (const share of [told.cost_share, told.calls_share, told.column_share])
        expect(share).toBeLessThanOrEqual(1 + 1e-9);
      const all = compress(queries, { all_pairs_max_queries: 20, tiny_k: 8, k: queries.length + 1 });
      expect(all.queries.reduce((sum, { stands_for }) => sum + stands_for, 0)).toBe(queries.length);
    }),
  );
});

it.each([0, -1, 1.5, Number.NaN])('refuses to keep %d queries', (k) => {
  expect(() => compress([query('a', 1, 'x')], { ...options, k })).toThrow('k must be a whole number from 1');
});
