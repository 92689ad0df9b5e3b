import { z } from 'zod';
import { recommendation_answer_schema, regression_answer_schema } from './events.js';
import { instance_config_schema, instance_patch_schema } from './instance-config.js';
import { plan_issue_kinds, type PlanDiffNode } from './plan.js';

/**
 * The HTTP API under /api/v1. Reads are named views (`GET /views/{name}?params`); writes are events and instances.
 * Errors are application/problem+json (RFC 9457) with `problems` naming each field.
 */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export const problem_json_schema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  problems: z.array(z.object({ field: z.string(), message: z.string(), mend: z.string() })).default([]),
});
export type ProblemJson = z.infer<typeof problem_json_schema>;

export const view_answer_schema = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())),
});
export interface ViewAnswer<Row> {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
}

export const event_accepted_schema = z.object({ event: z.string(), occurred_at: z.string() });

export const checkup_answer_schema = z.object({
  checkups: z.array(z.object({ aspect: z.string(), state: z.string(), message: z.string(), fix: z.string() })),
});

export const me_schema = z.object({ name: z.string(), role: z.enum(roles) });
export const health_schema = z.object({
  status: z.enum(['ok', 'starting', 'failing']),
  checks: z.array(z.object({ name: z.string(), status: z.enum(['ok', 'failing']), message: z.string() })),
});

/** What `plumbline status` prints and the collector-health page shows: the program itself, not what it watches. */
export const status_schema = z.object({
  version: z.string(),
  started_at: z.string(),
  instances: z.int(),
  outbox_bytes: z.number(),
  outbox_batches: z.int(),
  jobs: z.array(
    z.object({
      name: z.string(),
      every_s: z.number(),
      last_run_at: z.string().nullable(),
      last_elapsed_ms: z.number().nullable(),
      last_state: z.enum(['never_run', 'running', 'ok', 'failed']),
      /** The job's own one-line report, or why it failed. */
      summary: z.string(),
    }),
  ),
});
export type ServerStatus = z.infer<typeof status_schema>;

/** Adding may carry the password once; it is encrypted at rest and never returned. */
export const instance_create_schema = instance_config_schema.extend({ password: z.string().min(1).optional() });
/** Editing may carry a new password, treated alike. */
export const instance_edit_schema = instance_patch_schema.extend({ password: z.string().min(1).optional() });
/** What the API returns of an instance: never a credential, only whether there is one. */
export const instance_public_schema = instance_config_schema
  .omit({ credential: true })
  .extend({ has_credential: z.boolean(), is_from_file: z.boolean() });
export type InstancePublic = z.infer<typeof instance_public_schema>;

/** What a form needs to add an instance of an engine that this server can read. */
export const engine_public_schema = z.object({
  id: z.string(),
  label: z.string(),
  default_port: z.int(),
  database_field: z.object({ label: z.string(), description: z.string() }),
  option_fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      description: z.string(),
      kind: z.enum(['switch', 'text', 'number']),
    }),
  ),
});
export type EnginePublic = z.infer<typeof engine_public_schema>;

export const workload_formats = ['json', 'sql', 'parquet'] as const;
export type WorkloadFormat = (typeof workload_formats)[number];

/** The queries that stand for an instance's workload, in the order they were chosen. Shares are from 0 to 1. */
export const workload_schema = z.object({
  instance_id: z.string(),
  from: z.string(),
  until: z.string(),
  of_queries: z.int(),
  influence: z.enum(['all_pairs', 'summary']),
  cost_share: z.number(),
  calls_share: z.number(),
  column_share: z.number(),
  queries: z.array(
    z.object({
      query_hash: z.string(),
      database_name: z.string(),
      template: z.string(),
      weight: z.number(),
      total_time_us: z.number(),
      calls: z.number(),
      stands_for: z.int(),
    }),
  ),
});
export type WorkloadAnswer = z.infer<typeof workload_schema>;

const feature_row_schema = z
  .object({
    feature_set_version: z.int(),
    as_of: z.string(),
    /** Counts and reals by name; what could not be worked out is not there. */
    features: z.record(z.string(), z.number()),
    lists: z.record(z.string(), z.array(z.string()).readonly()),
  })
  .nullable();

/** Features as known at `as_of`: null where none are known. Names: docs/generated/features.md. */
export const features_schema = z.object({
  instance_id: z.string(),
  query_hash: z.string(),
  statement: feature_row_schema,
  query: feature_row_schema,
  instance: feature_row_schema,
});
export type FeaturesAnswer = z.infer<typeof features_schema>;

export interface PlanDiffAnswer {
  readonly before_plan_hash: string;
  readonly after_plan_hash: string;
  readonly root: PlanDiffNode;
}

/** What one plan does at a price, in the order of `plan_issue_kinds`. */
export const plan_issues_schema = z.object({
  plan_hash: z.string(),
  issues: z.array(
    z.object({
      kind: z.enum(plan_issue_kinds),
      /** Which child to take at each step down from the root; empty for the root. */
      path: z.array(z.int()),
      native_operator: z.string(),
      schema: z.string(),
      table: z.string(),
      sentence: z.string(),
      /** What it was judged by; the names carry their units. */
      figures: z.record(z.string(), z.number()),
    }),
  ),
});
export type PlanIssuesAnswer = z.infer<typeof plan_issues_schema>;

/** Method, path, least role, body. The server registers exactly these; the plugin's proxy routes are made from them. */
export const api_routes = [
  { method: 'GET', path: '/me', role: 'viewer' },
  { method: 'GET', path: '/status', role: 'viewer' },
  { method: 'GET', path: '/views/:name', role: 'viewer' },
  { method: 'GET', path: '/engines', role: 'viewer' },
  { method: 'GET', path: '/instances', role: 'viewer' },
  { method: 'POST', path: '/instances', role: 'admin', body: instance_create_schema },
  { method: 'PATCH', path: '/instances/:instance_id', role: 'admin', body: instance_edit_schema },
  { method: 'DELETE', path: '/instances/:instance_id', role: 'admin' },
  { method: 'POST', path: '/instances/:instance_id/test', role: 'operator' },
  { method: 'POST', path: '/instances/:instance_id/collect', role: 'operator' },
  { method: 'GET', path: '/instances/:instance_id/queries/:query_hash/plan-diff', role: 'viewer' },
  { method: 'GET', path: '/instances/:instance_id/queries/:query_hash/plan-issues', role: 'viewer' },
  { method: 'GET', path: '/instances/:instance_id/workload', role: 'viewer' },
  { method: 'GET', path: '/instances/:instance_id/features', role: 'viewer' },
  { method: 'GET', path: '/instances/:instance_id/queries/:query_hash/features', role: 'viewer' },
  { method: 'POST', path: '/regressions/:regression_id/events', role: 'operator', body: regression_answer_schema },
  {
    method: 'POST',
    path: '/recommendations/:recommendation_id/events',
    role: 'operator',
    body: recommendation_answer_schema,
  },
] as const;
