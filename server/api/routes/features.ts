import { feature_set_version } from '@plumbline/analytics/features/definition';
import { features_schema, utc } from '@plumbline/contracts';
import type { FeaturesAnswer } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiOptions } from '../options.js';
import { notFound } from '../problem-json.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';

const of_instance = z.strictObject({ instance_id: z.string() });
const of_query = z.strictObject({
  instance_id: z.string(),
  query_hash: z.string().regex(/^[0-9a-f]{16}$/, 'is not a hash of 16 hex digits'),
});
const which = z.strictObject({
  as_of: z.iso.datetime({ offset: true, message: 'is not a time like 2026-11-21T06:26:50Z' }).optional(),
  version: z.coerce.number().int().min(1).max(65_535).default(feature_set_version),
});
type Which = z.infer<typeof which>;

export function addFeatureRoutes(api: FastifyInstance, options: ApiOptions): void {
  addRoute<z.infer<typeof of_instance>, Which>(api, 'GET /instances/:instance_id/features', {
    summary: 'The features of an instance, the newest not after as_of (now when left out).',
    params: of_instance,
    query: which,
    answer: [200, features_schema],
    handle: ({ params, query }) => featuresOf({ ...params, query_hash: '' }, query, options),
  });
  addRoute<z.infer<typeof of_query>, Which>(api, 'GET /instances/:instance_id/queries/:query_hash/features', {
    summary: 'The features of a query, its statement and its instance, the newest not after as_of.',
    params: of_query,
    query: which,
    answer: [200, features_schema],
    handle: ({ params, query }) => featuresOf(params, query, options),
  });
}

async function featuresOf(
  of: z.infer<typeof of_query>,
  { as_of, version }: Which,
  { ask, clock }: ApiOptions,
): Promise<FeaturesAnswer> {
  const at = as_of === undefined ? clock.now() : new Date(as_of);
  const rows = await asked(() => ask('feature_lookup', { ...of, as_of: utc(at), version }));
  const found = (kind: (typeof rows)[number]['entity_kind']) => {
    const { entity_kind, ...told } = rows.find((row) => row.entity_kind === kind) ?? {};
    return entity_kind === undefined ? null : (told as NonNullable<FeaturesAnswer[typeof kind]>);
  };
  const answer = { ...of, statement: found('statement'), query: found('query'), instance: found('instance') };
  if (answer.statement !== null || answer.query !== null || answer.instance !== null) return answer;
  const mend = 'The job "features" makes them each few hours; use an earlier version or a later as_of.';
  throw notFound('No features are known of it.', 'as_of', mend);
}
