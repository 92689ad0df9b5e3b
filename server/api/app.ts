import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import { api_routes } from '@plumbline/contracts';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { problemsOf } from '../config/problems.js';
import { actorOf, createGate } from './auth.js';
import type { ApiOptions, SelfOptions } from './options.js';
import { HttpProblem, httpProblemOf, problemJson, problem_media_type } from './problem-json.js';
import { addEngineRoutes } from './routes/engines.js';
import { addEventRoutes } from './routes/events.js';
import { addFeatureRoutes } from './routes/features.js';
import { addInstanceRoutes } from './routes/instances.js';
import { addPlanDiffRoute } from './routes/plan-diff.js';
import { addPlanIssuesRoute } from './routes/plan-issues.js';
import { addCallerRoutes, addSelfRoutes } from './routes/self.js';
import { addViewRoutes } from './routes/views.js';
import { addWorkloadRoute } from './routes/workload.js';

export const api_prefix = '/api/v1';

export interface RunningApi {
  readonly app: FastifyInstance;
  readonly port: number;
  close(): Promise<void>;
}

export const startApi = async (options: ApiOptions): Promise<RunningApi> => listen(await buildApi(options), options);

/** Health, readiness and metrics alone: for a process whose role serves no API. */
export async function startSelfApi(options: SelfOptions): Promise<RunningApi> {
  const app = buildSelf(options);
  await app.ready();
  return listen(app, options);
}

async function listen(app: FastifyInstance, { host, port }: SelfOptions): Promise<RunningApi> {
  await app.listen({ host, port });
  const address = app.server.address();
  const used_port = typeof address === 'object' && address !== null ? address.port : port;
  return { app, port: used_port, close: () => app.close() };
}

/** The whole API without a socket. */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  await describeItself(app);
  guard(app, options);
  addSelfRoutes(app, options);
  await app.register(
    async (api) => {
      api.get('/openapi.json', { schema: { hide: true } as object, config: { role: 'viewer' } }, async () =>
        app.swagger(),
      );
      addCallerRoutes(api, options);
      addViewRoutes(api, options);
      addEngineRoutes(api, options);
      addInstanceRoutes(api, options);
      addPlanDiffRoute(api, options);
      addPlanIssuesRoute(api, options);
      addWorkloadRoute(api, options);
      addFeatureRoutes(api, options);
      addEventRoutes(api, options);
    },
    { prefix: api_prefix },
  );
  await app.ready();
  return app;
}

function buildSelf(options: SelfOptions): FastifyInstance {
  const app = createApp(options);
  guard(app, options);
  addSelfRoutes(app, options);
  return app;
}

function createApp(options: SelfOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: options.max_body_bytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    clientErrorHandler: answerMalformed,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, options),
  });
  answerInProblems(app, options);
  return app;
}

function guard(app: FastifyInstance, options: SelfOptions): void {
  const gate = createGate(options.tokens, options.max_requests_per_minute);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => gate(request));
  app.addHook('onResponse', async (request, reply) => observe(request, reply, options));
}

/** Bodies, paths and queries are checked by the contracts' own schemas; what is wrong names its fields. */
function answerInProblems(app: FastifyInstance, options: SelfOptions): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (input: unknown) => {
    // A call without a body is a body without fields: then the answer names the fields that are missing.
    const checked = schema.safeParse(input ?? {});
    if (checked.success) return { value: checked.data };
    const problems = problemsOf(checked.error, schema, { where: httpPart ?? 'request' });
    return { error: new HttpProblem(422, 'Some fields are wrong.', problems) };
  });
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, options));
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request);
  });
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, { log }: SelfOptions): void {
  const known = httpProblemOf(error);
  if (known === undefined) log('error', 'A request failed', { route: routeOf(request), error });
  const problem = known ?? new HttpProblem(500, 'This is a fault of the server; its log has the details.');
  const path = request.url.split('?')[0] ?? '';
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .type(problem_media_type)
    .send(JSON.stringify(problemJson(problem, path)));
}

/** What is no HTTP at all never reaches a route, a hook or the log. */
function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const is_large = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = new HttpProblem(is_large ? 431 : 400, is_large ? 'The headers are too large.' : 'This is not HTTP.');
  const body = JSON.stringify(problemJson(problem, ''));
  const head = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nContent-Type: ${problem_media_type}\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

const patterns = api_routes.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${api_prefix}${path.replace(/:\w+/g, '[^/]+')}/?$`),
}));

function unknownRoute(request: FastifyRequest): HttpProblem {
  const path = request.url.split('?')[0] ?? '';
  const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (methods.length === 0) return new HttpProblem(404, `Nothing is here. See ${api_prefix}/openapi.json.`);
  if (methods.some((method) => method === request.method))
    return new HttpProblem(404, 'A process of another role serves this path.');
  const allowed = [...new Set(methods)].join(', ');
  return new HttpProblem(405, `This path takes ${allowed}.`, [], { allow: allowed });
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';

/** Every change is an audit line; reads are told only when debugging. Never the query or the body. */
function observe(request: FastifyRequest, reply: FastifyReply, { metrics, log }: SelfOptions): void {
  const route = routeOf(request);
  metrics.request(route, request.method, reply.statusCode, reply.elapsedTime);
  const is_change = request.method !== 'GET' && request.method !== 'HEAD' && request.caller !== null;
  log(is_change ? 'info' : 'debug', is_change ? 'audit' : 'request', {
    method: request.method,
    route,
    status: reply.statusCode,
    elapsed_ms: Math.round(reply.elapsedTime),
    ...(request.caller === null ? {} : { caller: request.caller.name, role: request.caller.role }),
    ...(is_change ? { actor: actorOf(request), target: request.params } : {}),
  });
}

async function describeItself(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Plumbline',
        version: 'v1',
        description: 'Reads are named views; writes are events and instances.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  });
}
