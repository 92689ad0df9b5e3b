import { describe, expect, it } from '@jest/globals';
import { detectorInput } from '../testing/case-input.js';
import { catalogOf } from './catalog.js';
import { what_if_prior } from './estimate.js';
import { candidatesOf, indexKeyText, type CreateIndex } from './index-candidates.js';
import type { IndexCosts } from './index-costs.js';
import { selectIndexes, type SelectionLimits } from './index-selection.js';

const input = detectorInput({
  tables: ['orders', 'items'].map((table_name) => ({ table_name, rows: 1_000_000 })),
  columns: { orders: { customer_id: {}, status: {} }, items: { order_id: {} } },
  queries: [
    ['orders', 'customer_id', 'status'],
    ['items', 'order_id'],
  ].map(([table = '', ...columns]) => ({
    query_hash: table,
    features: {
      tables: [{ schema: 'public', table, alias: '', access: 'read' }],
      predicates: columns.map((column) => ({ table, column, operator: 'eq', wrapped_in: '', clause: 'where' })),
    },
  })),
});
const catalog = catalogOf(input);

/** Cost without and with each index: the best of those that are there counts. Sizes in megabytes. */
const now = 100;
const indexes: Readonly<Record<string, { readonly cost: number; readonly size_mb: number | null }>> = {
  'orders(customer_id)': { cost: 40, size_mb: 10 },
  'orders(customer_id,status)': { cost: 20, size_mb: 15 },
  'items(order_id)': { cost: 88, size_mb: 4 },
};
const nameOf = (index: CreateIndex): string => indexKeyText(index).replace('shop.public.', '');

function written(given: typeof indexes): IndexCosts {
  return {
    failures: new Map(),
    isRelevant: (query, index) => index.table_name === query.query_hash,
    sizeBytes: (index) => {
      const size_mb = given[nameOf(index)]?.size_mb;
      return Promise.resolve(size_mb === null ? null : (size_mb ?? 1) * 1e6);
    },
    cost: (query, imagined) => {
      const own = imagined.filter((index) => index.table_name === query.query_hash);
      const costs = own.map((index) => given[nameOf(index)]?.cost ?? now);
      return Promise.resolve({ total_cost: Math.min(now, ...costs), used: own });
    },
  };
}

const by_cost: SelectionLimits = {
  ...{ min_saved_seconds_per_day: 0, min_improvement_ratio: 1.003, max_columns: 2 },
  prior: { shift_ln: 0, spread_ln: 0 },
};

async function selected(limits: Partial<SelectionLimits>, given = indexes): Promise<readonly string[]> {
  const candidates = candidatesOf(input.queries, catalog, 2);
  const { chosen } = await selectIndexes(input.queries, candidates, written(given), { ...by_cost, ...limits });
  return chosen.map(({ candidate }) => nameOf(candidate.index)).sort();
}

describe('a storage budget', () => {
  it.each([
    { what: 'none', budget_mb: undefined, chosen: ['items(order_id)', 'orders(customer_id,status)'] },
    { what: 'room for all', budget_mb: 19, chosen: ['items(order_id)', 'orders(customer_id,status)'] },
    {
      what: 'room for all, the longer one in place of the shorter',
      budget_mb: 15,
      chosen: ['orders(customer_id,status)'],
    },
    { what: 'room for the shorter one only', budget_mb: 14, chosen: ['items(order_id)', 'orders(customer_id)'] },
    { what: 'room for the smallest', budget_mb: 4, chosen: ['items(order_id)'] },
    { what: 'less than the smallest', budget_mb: 3, chosen: [] },
  ])('of $what gives $chosen', async ({ budget_mb, chosen }) => {
    expect(await selected(budget_mb === undefined ? {} : { budget_bytes: budget_mb * 1e6 })).toEqual(chosen);
  });

  it('never holds an index of unknown size', async () => {
    const given = { 'items(order_id)': { cost: 10, size_mb: null } };
    expect(await selected({}, given)).toEqual(['items(order_id)']);
    expect(await selected({ budget_bytes: 1e12 }, given)).toEqual([]);
  });
});

describe('what planner cost says of time', () => {
  it.each([
    {
      what: 'as measured, a fall of 12 % is nothing',
      limits: { prior: what_if_prior },
      is_chosen: false,
    },
    { what: 'taken for time itself, it is', limits: {}, is_chosen: true },
  ])('$what', async ({ limits, is_chosen }) => {
    expect((await selected(limits)).includes('items(order_id)')).toBe(is_chosen);
  });
});

describe('a search that leaves out what was worth less when it was last tried', () => {
  it('chooses the same, and asks less', async () => {
    const candidates = candidatesOf(input.queries, catalog, 2);
    const searched = async (tries_all_moves: boolean) => {
      const costs = written(indexes);
      let asked = 0;
      const counting: IndexCosts = {
        ...costs,
        cost: (query, imagined) => {
          asked += 1;
          return costs.cost(query, imagined);
        },
      };
      const { chosen } = await selectIndexes(input.queries, candidates, counting, { ...by_cost, tries_all_moves });
      return { chosen: chosen.map(({ candidate }) => nameOf(candidate.index)), asked };
    };
    const [own, all] = [await searched(false), await searched(true)];
    expect(own.chosen).toEqual(all.chosen);
    expect(own.asked).toBeLessThan(all.asked);
  });
});
