import { checkup_answer_schema, instance_public_schema } from '@plumbline/contracts';
import type { InstanceConfig, InstancePatch, instance_create_schema } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notThere } from '../../credentials/instances.js';
import type { ApiOptions } from '../options.js';
import { wrongField } from '../problem-json.js';
import { addRoute } from '../route.js';

const of_instance = z.strictObject({ instance_id: z.string() });
type OfInstance = z.infer<typeof of_instance>;
type Create = z.infer<typeof instance_create_schema>;
type Edit = InstancePatch & { readonly password?: string | undefined };

declare module 'fastify' {
  interface FastifyRequest {
    /** The keys a caller wrote, before defaults were filled in. */
    given_keys: readonly string[];
  }
}

export function addInstanceRoutes(api: FastifyInstance, options: ApiOptions): void {
  const { instances, collector } = options;
  // A default of the schema is no wish of the caller: editing the host must not set `enabled` back to true.
  api.decorateRequest('given_keys');
  api.addHook('preValidation', async (request) => {
    request.given_keys = Object.keys((request.body as object | null) ?? {});
  });

  addRoute(api, 'GET /instances', {
    summary: 'What is watched. Never a credential, only whether there is one.',
    answer: [200, z.array(instance_public_schema)],
    handle: async () => instances.list().map(instances.public),
  });
  addRoute<unknown, unknown, Create>(api, 'POST /instances', {
    summary: 'Watch one more. A password is encrypted at rest and never returned.',
    answer: [201, instance_public_schema],
    handle: async ({ body: { password, ...config } }) => {
      checkCredential(config);
      const added = await instances.add(config, password);
      collector.add(added);
      return instances.public(added);
    },
  });
  addRoute<OfInstance, unknown, Edit>(api, 'PATCH /instances/:instance_id', {
    summary: 'Change an added instance; what is not written stays.',
    params: of_instance,
    answer: [200, instance_public_schema],
    handle: async ({ params, body: { password, ...all }, request }) => {
      const patch = Object.fromEntries(Object.entries(all).filter(([key]) => request.given_keys.includes(key)));
      checkCredential(patch);
      const edited = await instances.edit(params.instance_id, patch, password);
      await collector.update(edited);
      await options.forget(edited.name);
      return instances.public(edited);
    },
  });
  addRoute<OfInstance>(api, 'DELETE /instances/:instance_id', {
    summary: 'Stop watching an added instance. What was collected stays until its time to live ends.',
    params: of_instance,
    answer: [200, z.strictObject({ removed: z.string() })],
    handle: async ({ params }) => {
      await instances.remove(params.instance_id);
      await collector.remove(params.instance_id);
      await options.forget(params.instance_id);
      return { removed: params.instance_id };
    },
  });
  addActionRoutes(api, options);
}

function addActionRoutes(api: FastifyInstance, { instances, collector, check }: ApiOptions): void {
  const find = (name: string): InstanceConfig => {
    const config = instances.find(name);
    if (config === undefined) throw notThere(name, instances.list());
    return config;
  };
  addRoute<OfInstance>(api, 'POST /instances/:instance_id/test', {
    summary: 'Connect and check every need; each gap comes with the statement or setting that mends it.',
    params: of_instance,
    answer: [200, checkup_answer_schema],
    handle: async ({ params }) => ({ checkups: await check(find(params.instance_id)) }),
  });
  addRoute<OfInstance>(api, 'POST /instances/:instance_id/collect', {
    summary: 'Read every enabled aspect now and tell how each went.',
    params: of_instance,
    answer: [200, checkup_answer_schema],
    handle: async ({ params }) => {
      const config = find(params.instance_id);
      if (!config.enabled) throw wrongField('instance_id', 'is not enabled', 'Enable it first: PATCH enabled=true.');
      const statuses = await collector.collectNow(config.name);
      return { checkups: statuses.map(({ aspect, state, message, fix }) => ({ aspect, state, message, fix })) };
    },
  });
}

/** An encrypted record made elsewhere would stop the next start; our own key must not be sent to a source. */
function checkCredential({ credential }: Pick<InstancePatch, 'credential'>): void {
  if (credential === undefined) return;
  const mend = 'Write env:NAME or file:/path, or send `password`.';
  if (typeof credential !== 'string') throw wrongField('credential', 'is not a reference to a secret', mend);
  if (/^env:PLUMBLINE_(KEY|TOKEN)/i.test(credential)) {
    throw wrongField('credential', "names this program's own secret", mend);
  }
}
