import { planIssues } from '@plumbline/analytics/plan/issues';
import { rowsOfTables } from '@plumbline/analytics/plan/rows-of-tables';
import { plan_issues_schema, type PlanIssuesAnswer, type PlanNode } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiOptions } from '../options.js';
import { HttpProblem } from '../problem-json.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';
import { planAt, plan_hash_schema } from './plan-diff.js';

const of_query = z.strictObject({ instance_id: z.string(), query_hash: z.string() });
const which_plan = z.strictObject({ plan: plan_hash_schema.optional() });
type OfQuery = z.infer<typeof of_query>;

export function addPlanIssuesRoute(api: FastifyInstance, options: ApiOptions): void {
  addRoute<OfQuery, z.infer<typeof which_plan>>(api, 'GET /instances/:instance_id/queries/:query_hash/plan-issues', {
    summary: 'What a plan of a query does at a price, node by node; the newest plan unless `plan` names another.',
    params: of_query,
    query: which_plan,
    answer: [200, plan_issues_schema],
    handle: ({ params, query }) => issuesOf(options, params, query.plan),
  });
}

/** By the same rules and thresholds as the detectors, with the rows that the newest snapshots tell of its tables. */
async function issuesOf(
  { ask, analytics }: ApiOptions,
  params: OfQuery,
  plan_hash: string | undefined,
): Promise<PlanIssuesAnswer> {
  const plans = await asked(() => ask('query_plans', params));
  const [newest] = plans;
  if (newest === undefined) throw new HttpProblem(404, 'No plan of this query was seen yet.');
  const plan = plan_hash === undefined ? newest : planAt(plans, plan_hash, 'plan');
  const summaries = await asked(() => ask('query_summary', params));
  const tables = await asked(() => ask('tables_latest', { instance_id: params.instance_id }));
  const database_names = summaries.flatMap((summary) => summary.database_names);
  return {
    plan_hash: plan.plan_hash,
    issues: planIssues(JSON.parse(plan.tree) as PlanNode, analytics, rowsOfTables(tables, database_names)).map(
      (issue) => ({ ...issue, path: [...issue.path] }),
    ),
  };
}
