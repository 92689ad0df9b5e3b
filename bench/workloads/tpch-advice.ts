import type { IndexCosts } from '@plumbline/analytics/advisors/index-costs';
import { indexCosts, queryKey } from '@plumbline/analytics/advisors/index-costs';
import { candidatesOf, indexKeyText, type CreateIndex } from '@plumbline/analytics/advisors/index-candidates';
import { selectIndexes, type SelectionLimits } from '@plumbline/analytics/advisors/index-selection';
import type { JudgedQuery, WhatIf } from '@plumbline/contracts';
import { database_name, type Tpch } from './tpch.js';
import type { TpchQuery } from './tpch-queries.js';

/** The planner with a cache of its own, and what was asked of it. */
export interface CountedCosts extends IndexCosts {
  readonly counts: {
    /** Costs of a query under a set of indexes that the search wanted. */
    readonly wanted: number;
    /** Those that the planner was asked for; the others were known. */
    readonly planned: number;
    readonly sized: number;
  };
}

export function countedCosts({ connection, catalog }: Tpch): CountedCosts {
  const counts = { wanted: 0, planned: 0, sized: 0 };
  const { what_if } = connection;
  const counting: WhatIf = {
    ...what_if,
    plan: (...asked) => {
      counts.planned += 1;
      return what_if.plan(...asked);
    },
    indexSizeBytes: (...asked) => {
      counts.sized += 1;
      return what_if.indexSizeBytes(...asked);
    },
  };
  const costs = indexCosts(counting, catalog);
  const cost: IndexCosts['cost'] = (query, indexes) => {
    counts.wanted += 1;
    return costs.cost(query, indexes);
  };
  return { ...costs, cost, counts };
}

/** A planner's unit of cost is told as a second of database time in a day: what is searched is then planner cost. */
const span_s = 86_400;
export const us_per_unit = 1_000_000;

/** As the judge would see the queries if each ran as long as it is planned to cost. Throws where one has no plan. */
export async function judgedQueries(
  queries: readonly TpchQuery[],
  tpch: Tpch,
  costs: IndexCosts,
): Promise<readonly JudgedQuery[]> {
  const judged: JudgedQuery[] = [];
  for (const { template, instance, sql } of queries) {
    const query = {
      ...{ query_hash: `${template}/${instance}`, database_name, template: sql, plan: null, span_s, calls: 1 },
      ...{ total_time_us: 0, rows_returned: 0, logical_read_bytes: 0, temp_written_bytes: 0 },
      features: await tpch.featuresOf(sql),
    };
    const planned = await costs.cost(query, []);
    if (planned === undefined) throw new Error(`${query.query_hash}: ${costs.failures.get(queryKey(query)) ?? ''}`);
    judged.push({ ...query, total_time_us: planned.total_cost * us_per_unit });
  }
  return judged;
}

/** As published: width 2, stop below a factor of 1.003, and planner cost, not what it says of time, is what counts. */
const limits: SelectionLimits = {
  ...{ min_saved_seconds_per_day: 0, min_improvement_ratio: 1.003, max_columns: 2 },
  prior: { shift_ln: 0, spread_ln: 0 },
};

export async function advised(
  queries: readonly JudgedQuery[],
  { catalog }: Tpch,
  costs: IndexCosts,
  budget_bytes: number,
  more_limits: Pick<SelectionLimits, 'tries_all_moves'> = {},
): Promise<readonly CreateIndex[]> {
  const candidates = candidatesOf(queries, catalog, limits.max_columns);
  const { chosen } = await selectIndexes(queries, candidates, costs, { ...limits, ...more_limits, budget_bytes });
  return chosen.map(({ candidate }) => candidate.index);
}

/** What the queries' time becomes, in proportion to the planner's cost of each, as a share of that without indexes. */
export async function costShare(
  queries: readonly JudgedQuery[],
  costs: IndexCosts,
  indexes: readonly CreateIndex[],
): Promise<number> {
  let before_us = 0;
  let after_us = 0;
  for (const query of queries) {
    const without = await costs.cost(query, []);
    const under = await costs.cost(query, indexes);
    if (without === undefined || under === undefined) throw new Error(`${query.query_hash} has no plan`);
    before_us += query.total_time_us;
    after_us += (query.total_time_us * under.total_cost) / without.total_cost;
  }
  return after_us / before_us;
}

/** `lineitem(l_orderkey), orders(o_custkey)` */
export const namesOf = (indexes: readonly CreateIndex[]): string =>
  indexes.map((index) => indexKeyText(index).replace(/^.*\.(\w+\()/, '$1')).join(', ');
