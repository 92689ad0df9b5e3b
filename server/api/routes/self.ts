import { health_schema, me_schema, status_schema } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import type { ApiOptions, SelfOptions } from '../options.js';
import { addRoute } from '../route.js';

/** What the process says of itself: alive, ready, measured. Outside /api/v1, where probes and Prometheus look. */
export function addSelfRoutes(app: FastifyInstance, { checks, metrics }: SelfOptions): void {
  app.get('/health', { schema: described('The process is alive; what it depends on is listed.') }, async () => ({
    status: 'ok',
    checks: await checks(),
  }));
  app.get('/ready', { schema: described('200 when every check is ok, else 503.') }, async (_request, reply) => {
    const all = await checks();
    const is_ready = all.every(({ status }) => status === 'ok');
    return reply.status(is_ready ? 200 : 503).send({ status: is_ready ? 'ok' : 'failing', checks: all });
  });
  app.get(
    '/metrics',
    { config: { role: 'viewer', is_open_on_loopback: true }, schema: { hide: true } as object },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

const described = (summary: string): object => ({
  summary,
  security: [],
  tags: ['self'],
  response: { 200: health_schema },
});

export function addCallerRoutes(api: FastifyInstance, { status }: ApiOptions): void {
  addRoute(api, 'GET /me', {
    summary: 'Who this token is and what it may do.',
    answer: [200, me_schema],
    handle: async ({ request }) => request.caller,
  });
  addRoute(api, 'GET /status', {
    summary: 'The program itself: jobs, outbox, since when.',
    answer: [200, status_schema],
    handle: async () => status(),
  });
}
