import { instanceWorkload } from '@plumbline/analytics/workload/instance-workload';
import { ProblemError, fromUtc, utc, workload_formats, workload_schema } from '@plumbline/contracts';
import type { Utc, WorkloadAnswer } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { workloadFile, workload_media_types } from '../../workload-export.js';
import type { ApiOptions } from '../options.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';

const of_instance = z.strictObject({ instance_id: z.string() });
const time = z.iso.datetime({ offset: true, message: 'is not a time like 2026-11-21T06:26:50Z' });
const which = z.strictObject({
  from: time,
  until: time,
  k: z.coerce.number().int().min(1).max(100_000).optional(),
  format: z.enum(workload_formats).default('json'),
});
type Which = z.infer<typeof which>;

export function addWorkloadRoute(api: FastifyInstance, options: ApiOptions): void {
  addRoute<z.infer<typeof of_instance>, Which>(api, 'GET /instances/:instance_id/workload', {
    summary: 'The queries that stand for the workload of a span: k of them, √n when left out. As JSON, SQL or Parquet.',
    params: of_instance,
    query: which,
    answer: [200, workload_schema],
    handle: async ({ params, query, reply }) => {
      const answer = await asked(() => workloadOf(params.instance_id, query, options));
      if (query.format === 'json') return answer;
      void reply
        .type(workload_media_types[query.format])
        .header('content-disposition', `attachment; filename="workload.${query.format}"`);
      return workloadFile(answer, query.format);
    },
  });
}

async function workloadOf(instance_id: string, query: Which, { ask, analytics }: ApiOptions): Promise<WorkloadAnswer> {
  const [since, as_of] = [utc(new Date(query.from)), utc(new Date(query.until))];
  checkSpan(since, as_of);
  const workload = await instanceWorkload(ask, analytics, { instance_id, since, as_of, k: query.k });
  const { queries, of_queries, influence, cost_share, calls_share, column_share } = workload;
  return {
    ...{ instance_id, from: since, until: as_of, of_queries, influence, cost_share, calls_share, column_share },
    queries: queries.map(({ cost, ...kept }) => ({ ...kept, total_time_us: cost })),
  };
}

function checkSpan(since: Utc, as_of: Utc): void {
  if (fromUtc(since) < fromUtc(as_of)) return;
  const mend = 'Let the span begin before it ends.';
  throw new ProblemError([{ where: 'query', field: 'until', message: 'is not after from', mend }]);
}
