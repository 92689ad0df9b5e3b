import type { JudgedQuery, WhatIf, WhatIfPlan } from '@plumbline/contracts';
import { PlannerBudgetReached, plannerFailure } from './budgeted-what-if.js';
import { tableKey, type Catalog } from './catalog.js';
import { indexKeyText, type CreateIndex } from './index-candidates.js';

export interface PlannedCost {
  readonly total_cost: number;
  /** The imagined indexes this plan uses. */
  readonly used: readonly CreateIndex[];
}

/** What the planner says of one query under imagined indexes, asked once per (query, relevant indexes). */
export interface IndexCosts {
  /** Undefined when the planner could not plan this query; the reason is then in `failures`. */
  cost(query: JudgedQuery, indexes: readonly CreateIndex[]): Promise<PlannedCost | undefined>;
  sizeBytes(index: CreateIndex): Promise<number | null>;
  isRelevant(query: JudgedQuery, index: CreateIndex): boolean;
  readonly failures: ReadonlyMap<string, string>;
}

/** Throws `PlannerBudgetReached` and nothing else: a query that cannot be planned must not stop the others. */
export function indexCosts(what_if: WhatIf, catalog: Catalog): IndexCosts {
  const plans = new Map<string, PlannedCost | undefined>();
  const known_by_query = new Map<string, KnownPlan[]>();
  const sizes = new Map<string, number | null>();
  const failures = new Map<string, string>();
  const tables_by_query = new Map<string, ReadonlySet<string>>();

  const isRelevant = (query: JudgedQuery, index: CreateIndex): boolean => {
    const key = queryKey(query);
    const tables = tables_by_query.get(key) ?? new Set(catalog.tablesOf(query).map(tableKey));
    tables_by_query.set(key, tables);
    return tables.has(tableKey(index)) && mentionsColumn(query, index.columns[0] ?? '');
  };

  async function cost(query: JudgedQuery, indexes: readonly CreateIndex[]): Promise<PlannedCost | undefined> {
    if (failures.has(queryKey(query))) return undefined;
    const relevant = indexes.filter((index) => isRelevant(query, index));
    const names = relevant.map(indexKeyText).sort();
    const key = [queryKey(query), ...names].join('|');
    if (!plans.has(key)) plans.set(key, derived(query, names) ?? (await ask(query, relevant)));
    return plans.get(key);
  }

  /** A plan made among more indexes, of which it uses only these, is the plan under these too. */
  function derived(query: JudgedQuery, names: readonly string[]): PlannedCost | undefined {
    const given = new Set(names);
    const isPlanOf = ({ among, used }: KnownPlan): boolean =>
      used.every((name) => given.has(name)) && names.every((name) => among.has(name));
    return known_by_query.get(queryKey(query))?.find(isPlanOf)?.planned;
  }

  async function ask(query: JudgedQuery, indexes: readonly CreateIndex[]): Promise<PlannedCost | undefined> {
    try {
      const planned = plannedCost(await what_if.plan(query.database_name, query.template, indexes), indexes);
      const known = known_by_query.get(queryKey(query)) ?? [];
      known.push({ among: new Set(indexes.map(indexKeyText)), used: planned.used.map(indexKeyText), planned });
      known_by_query.set(queryKey(query), known);
      return planned;
    } catch (error) {
      if (error instanceof PlannerBudgetReached) throw error;
      failures.set(queryKey(query), plannerFailure(error));
      return undefined;
    }
  }

  async function sizeBytes(index: CreateIndex): Promise<number | null> {
    const key = indexKeyText(index);
    const known = sizes.get(key);
    if (known !== undefined) return known;
    try {
      sizes.set(key, await what_if.indexSizeBytes(index.database_name, index));
    } catch (error) {
      if (error instanceof PlannerBudgetReached) throw error;
      sizes.set(key, null);
    }
    return sizes.get(key) ?? null;
  }

  return { cost, sizeBytes, isRelevant, failures };
}

interface KnownPlan {
  readonly among: ReadonlySet<string>;
  readonly used: readonly string[];
  readonly planned: PlannedCost;
}

export const queryKey = (query: JudgedQuery): string => `${query.database_name}/${query.query_hash}`;

function plannedCost(plan: WhatIfPlan, indexes: readonly CreateIndex[]): PlannedCost {
  const used = plan.used.flatMap((place) => indexes[place] ?? []);
  return { total_cost: plan.total_cost, used };
}

/** An index whose first column the query never compares, joins, groups or orders by is not worth a planner call. */
function mentionsColumn(query: JudgedQuery, column: string): boolean {
  const { predicates, joins, group_by, order_by } = query.features;
  const uses = [...predicates, ...group_by, ...order_by, ...joins.flatMap((join) => [join.left, join.right])];
  return uses.some((use) => use.column.toLowerCase() === column.toLowerCase());
}
