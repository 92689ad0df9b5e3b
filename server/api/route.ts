import type { Role } from '@plumbline/contracts';
import { api_routes, problem_json_schema } from '@plumbline/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

type ApiRoute = (typeof api_routes)[number];
export type RouteName = `${ApiRoute['method']} ${ApiRoute['path']}`;

export interface RouteParts<Params, Query, Body> {
  readonly summary: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  /** Status and form of the good answer. */
  readonly answer: readonly [status: number, schema: z.ZodType];
  handle(call: Call<Params, Query, Body>): Promise<unknown>;
}

export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Registers one route of the contract: its method, path, least role and body come from there, so the API cannot offer
 * what the contract does not name.
 */
export function addRoute<Params = unknown, Query = unknown, Body = unknown>(
  api: FastifyInstance,
  name: RouteName,
  { summary, params, query, answer, handle }: RouteParts<Params, Query, Body>,
): void {
  const { method, path, role, body } = contractOf(name);
  const [status, schema] = answer;
  api.route({
    method,
    url: path,
    config: { role },
    schema: {
      summary,
      description: `Least role: ${role}.`,
      tags: [path.split('/')[1] ?? ''],
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      response: { [status]: schema, default: problem_json_schema },
    } as object,
    handler: async (request, reply) => {
      const call = { params: request.params, query: request.query, body: request.body, request, reply };
      const given = await handle(call as Call<Params, Query, Body>);
      return reply.status(status).send(given);
    },
  });
}

interface Contract {
  readonly method: ApiRoute['method'];
  readonly path: string;
  readonly role: Role;
  readonly body?: z.ZodType;
}

function contractOf(name: RouteName): Contract {
  const route = (api_routes as readonly Contract[]).find(({ method, path }) => `${method} ${path}` === name);
  if (route === undefined) throw new Error(`${name} is not in the contract`);
  return route;
}
