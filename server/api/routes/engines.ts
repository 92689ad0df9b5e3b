import { engine_public_schema } from '@plumbline/contracts';
import type { EnginePublic } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiOptions } from '../options.js';
import { addRoute } from '../route.js';

const a_database = { label: 'Database', description: '' };

export function addEngineRoutes(api: FastifyInstance, { engines }: ApiOptions): void {
  addRoute(api, 'GET /engines', {
    summary: 'The kinds of database this server can read, and what an instance of each needs.',
    answer: [200, z.array(engine_public_schema)],
    handle: async () =>
      engines
        .map(({ id, label, default_port, database_field = a_database, option_fields = [] }): EnginePublic => {
          return { id, label, default_port, database_field, option_fields: [...option_fields] };
        })
        .sort((a, b) => a.label.localeCompare(b.label)),
  });
}
