import { diffPlans } from '@plumbline/analytics/plan/diff';
import type { PlanDiffAnswer, PlanNode, ViewRow } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiOptions } from '../options.js';
import { HttpProblem, notFound } from '../problem-json.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';

const of_query = z.strictObject({ instance_id: z.string(), query_hash: z.string() });
export const plan_hash_schema = z.string().regex(/^[0-9a-f]{16}$/, 'is not a hash of 16 hex digits');
const which_plans = z.strictObject({ before: plan_hash_schema.optional(), after: plan_hash_schema.optional() });

type Plans = readonly ViewRow<'query_plans'>[];

export function addPlanDiffRoute(api: FastifyInstance, { ask }: ApiOptions): void {
  addRoute<z.infer<typeof of_query>, z.infer<typeof which_plans>>(
    api,
    'GET /instances/:instance_id/queries/:query_hash/plan-diff',
    {
      summary: 'Two plans of a query laid over each other; the newest two unless `before` and `after` name others.',
      params: of_query,
      query: which_plans,
      // Nodes nest without bound; OpenAPI says what the top holds.
      answer: [200, z.object({ before_plan_hash: z.string(), after_plan_hash: z.string(), root: z.unknown() })],
      handle: async ({ params, query }) => planDiff(await asked(() => ask('query_plans', params)), query),
    },
  );
}

/** `plans` are newest first. */
function planDiff(plans: Plans, { before, after }: z.infer<typeof which_plans>): PlanDiffAnswer {
  const [newest] = plans;
  if (newest === undefined) throw new HttpProblem(404, 'No plan of this query was seen yet.');
  const later = after === undefined ? newest : planAt(plans, after, 'after');
  const earlier =
    before === undefined
      ? plans.find(({ plan_hash }) => plan_hash !== later.plan_hash)
      : planAt(plans, before, 'before');
  if (earlier === undefined) throw new HttpProblem(404, 'Only one plan of this query was seen: nothing to compare.');
  return {
    before_plan_hash: earlier.plan_hash,
    after_plan_hash: later.plan_hash,
    root: diffPlans(JSON.parse(earlier.tree) as PlanNode, JSON.parse(later.tree) as PlanNode),
  };
}

export function planAt(plans: Plans, plan_hash: string, field: string): Plans[number] {
  const found = plans.find((plan) => plan.plan_hash === plan_hash);
  if (found !== undefined) return found;
  throw notFound(
    'This plan of the query was not seen.',
    field,
    `Use ${plans.map((plan) => plan.plan_hash).join(', ')}.`,
  );
}
