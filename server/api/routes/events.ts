import { randomUUID } from 'node:crypto';
import { encodeRow, event_accepted_schema, fromUtc, utc } from '@plumbline/contracts';
import type {
  RecommendationAnswer,
  RecommendationEventRow,
  RecommendationState,
  RegressionAnswer,
  RegressionEventRow,
  RegressionState,
} from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../auth.js';
import type { ApiOptions } from '../options.js';
import { HttpProblem, notFound, wrongField } from '../problem-json.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';

/**
 * In which states an answer makes sense. A missing line does not compile; a state that is left out is refused with 409,
 * so that a page that is out of date cannot turn a measured fix back into a started one.
 */
const recommendation_answers: Readonly<Record<RecommendationAnswer['kind'], readonly RecommendationState[]>> = {
  accepted: ['proposed', 'dismissed'],
  dismissed: ['proposed', 'accepted', 'started'],
  started: ['proposed', 'accepted'],
  applied: ['proposed', 'accepted', 'started', 'dismissed', 'withdrawn'],
  noted: ['proposed', 'accepted', 'dismissed', 'started', 'applied', 'withdrawn'],
};
const regression_answers: Readonly<Record<RegressionAnswer['kind'], readonly RegressionState[]>> = {
  acknowledged: ['open'],
  resolved: ['open', 'acknowledged'],
  opted_out: ['open', 'acknowledged', 'resolved'],
  opted_in: ['opted_out'],
};

const of_recommendation = z.strictObject({ recommendation_id: z.string() });
const of_regression = z.strictObject({ regression_id: z.string() });

export function addEventRoutes(api: FastifyInstance, options: ApiOptions): void {
  addRoute<z.infer<typeof of_recommendation>, unknown, RecommendationAnswer>(
    api,
    'POST /recommendations/:recommendation_id/events',
    {
      summary: 'Accept, dismiss, start, report as applied, or note.',
      params: of_recommendation,
      answer: [201, event_accepted_schema],
      handle: ({ params, body, request }) =>
        answerRecommendation(params.recommendation_id, body, actorOf(request), options),
    },
  );
  addRoute<z.infer<typeof of_regression>, unknown, RegressionAnswer>(api, 'POST /regressions/:regression_id/events', {
    summary: 'Acknowledge, resolve, opt the query out (with the reason) or in again.',
    params: of_regression,
    answer: [201, event_accepted_schema],
    handle: ({ params, body, request }) => answerRegression(params.regression_id, body, actorOf(request), options),
  });
}

type Accepted = z.infer<typeof event_accepted_schema>;

async function answerRecommendation(
  recommendation_id: string,
  { kind, note, occurred_at }: RecommendationAnswer,
  actor: string,
  { ask, store, clock }: ApiOptions,
): Promise<Accepted> {
  const all = await asked(() => ask('recommendations_latest', { instance_id: '', state: '' }));
  const found = all.find((row) => row.recommendation_id === recommendation_id);
  if (found === undefined)
    throw notFound('No recommendation has this id.', 'recommendation_id', 'Take it from the list.');
  checkState(kind, found.state, recommendation_answers[kind]);
  const at = occurredAt(occurred_at, clock.now(), fromUtc(found.proposed_at));
  const row: RecommendationEventRow = {
    recommendation_id,
    instance_id: found.instance_id,
    kind,
    occurred_at: utc(at),
    actor,
    note,
    payload: '',
  };
  await asked(() => store.insert('recommendation_events', encodeRow(row), { token: `answer:${randomUUID()}` }));
  return { event: kind, occurred_at: at.toISOString() };
}

async function answerRegression(
  regression_id: string,
  { kind, note }: RegressionAnswer,
  actor: string,
  { ask, store, clock }: ApiOptions,
): Promise<Accepted> {
  const all = await asked(() => ask('regressions_latest', { instance_id: '', state: '' }));
  const found = all.find((row) => row.regression_id === regression_id);
  if (found === undefined) throw notFound('No regression has this id.', 'regression_id', 'Take it from the list.');
  checkState(kind, found.state, regression_answers[kind]);
  const at = clock.now();
  const row: RegressionEventRow = {
    regression_id,
    instance_id: found.instance_id,
    query_hash: found.query_hash,
    kind,
    occurred_at: utc(at),
    actor,
    note,
    payload: '',
  };
  await asked(() => store.insert('regression_events', encodeRow(row), { token: `answer:${randomUUID()}` }));
  return { event: kind, occurred_at: at.toISOString() };
}

function checkState(kind: string, state: string, allowed: readonly string[]): void {
  if (allowed.includes(state)) return;
  const mend = `It can be ${kind} when it is ${allowed.join(' or ')}. Reload the page.`;
  throw new HttpProblem(409, `It is ${state} now.`, [{ field: 'kind', message: `does not follow on ${state}`, mend }]);
}

const clock_difference_ms = 5_000;

/** When a fix was applied decides what is before and after: not in the future, not before it was proposed. */
function occurredAt(written: string | undefined, now: Date, proposed_at: Date): Date {
  if (written === undefined) return now;
  const at = new Date(written);
  if (at.getTime() > now.getTime() + clock_difference_ms) {
    throw wrongField('occurred_at', 'is in the future', 'Give the time it was done, with its offset.');
  }
  if (at < proposed_at) {
    const mend = `It was proposed at ${proposed_at.toISOString()}; give a later time.`;
    throw wrongField('occurred_at', 'is before it was proposed', mend);
  }
  return at > now ? now : at;
}
