import { expect, test } from '@jest/globals';
import type { WhatIf } from '@plumbline/contracts';
import { detectorInput, planTree } from '../testing/case-input.js';
import { catalogOf } from './catalog.js';
import { candidatesOf, type CreateIndex } from './index-candidates.js';
import { indexCosts } from './index-costs.js';

const input = detectorInput({
  tables: [{ table_name: 'orders', rows: 1_000_000 }],
  columns: { orders: { a: {}, b: {}, c: {} } },
  queries: [
    {
      features: {
        tables: [{ schema: 'public', table: 'orders', alias: '', access: 'read' }],
        predicates: ['a', 'b', 'c'].map((column) => ({
          ...{ table: 'orders', column, operator: 'eq', wrapped_in: '', clause: 'where' },
        })),
      },
    },
  ],
});
const catalog = catalogOf(input);
const [query] = input.queries;
const candidates = candidatesOf(input.queries, catalog, 1).map(({ index }) => index);
const on = (columns: string): readonly CreateIndex[] =>
  candidates.filter((index) => columns.includes(index.columns[0] ?? ''));

/** A planner that uses the index on b, else that on a, never that on c; and what it was asked. */
function planner(): { readonly what_if: WhatIf; readonly asked: string[] } {
  const asked: string[] = [];
  const what_if: WhatIf = {
    ...{ can_prove: true, reason: '', fix: '', indexSizeBytes: async () => 1 },
    plan: async (_database, _template, indexes) => {
      const names = indexes.map((index) => index.columns[0] ?? '');
      asked.push(names.join(''));
      const best = names.includes('b') ? 'b' : 'a';
      const place = names.indexOf(best);
      const total_cost = place < 0 ? 100 : best === 'b' ? 10 : 50;
      return { tree: planTree(`x ${total_cost} of ${total_cost}`), total_cost, used: place < 0 ? [] : [place] };
    },
  };
  return { what_if, asked };
}

test.each([
  { title: 'the same indexes', first: 'abc', then: 'abc', is_asked: false, cost: 10 },
  { title: 'fewer, among them all that the plan used', first: 'abc', then: 'bc', is_asked: false, cost: 10 },
  { title: 'only what the plan used', first: 'abc', then: 'b', is_asked: false, cost: 10 },
  { title: 'fewer, without what the plan used', first: 'abc', then: 'ac', is_asked: true, cost: 50 },
  { title: 'none, where the plan used one', first: 'a', then: '', is_asked: true, cost: 100 },
  { title: 'none, where the plan used none', first: 'c', then: '', is_asked: false, cost: 100 },
  { title: 'more, which may be better', first: 'a', then: 'ab', is_asked: true, cost: 10 },
])('after a plan with $first, $title: asked is $is_asked', async ({ first, then, is_asked, cost }) => {
  if (query === undefined) throw new Error('the input has no query');
  const { what_if, asked } = planner();
  const costs = indexCosts(what_if, catalog);
  await costs.cost(query, on(first));
  expect((await costs.cost(query, on(then)))?.total_cost).toBe(cost);
  expect(asked).toHaveLength(is_asked ? 2 : 1);
});
