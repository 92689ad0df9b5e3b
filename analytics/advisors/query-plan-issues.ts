import type { DetectorTools, JudgedQuery, PlanIssue, PlanNode } from '@plumbline/contracts';
import { rowsOf, type Catalog } from './catalog.js';

/** What the query's plan does at a price, with the tables' rows as the snapshots know them. */
export function queryPlanIssues(query: JudgedQuery, catalog: Catalog, tools: DetectorTools): readonly PlanIssue[] {
  if (!query.plan) return [];
  return tools.planIssues(query.plan, (schema, name) => {
    const table = catalog.table(query.database_name, schema, name);
    return table && rowsOf(table);
  });
}

export function nodeAt(plan: PlanNode, path: readonly number[]): PlanNode | undefined {
  return path.reduce<PlanNode | undefined>((node, child) => node?.children[child], plan);
}
