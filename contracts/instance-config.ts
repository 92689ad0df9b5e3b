import { z } from 'zod';
import { aspect_names } from './aspects.js';
import { instance_id_pattern } from './ids.js';

/**
 * How one monitored server is described, alike in the configuration file, at the API and on the command line. A
 * password is never written here: `credential` says where it is.
 */
const seconds = (least: number, most: number) => z.number().min(least).max(most);

export const credential_schema = z.union([
  z.string().regex(/^(env|file):.+$/, 'a credential is env:NAME or file:/path'),
  z.strictObject({ encrypted: z.string().min(1), key_id: z.string().min(1) }),
]);
export type Credential = z.infer<typeof credential_schema>;

const aspect_settings_schema = z.strictObject({
  enabled: z.boolean().optional(),
  interval_s: seconds(0.5, 86_400).optional(),
  budget_ms: z.number().int().min(10).max(60_000).optional(),
  budget_rows: z.number().int().min(100).max(1_000_000).optional(),
});

export const instance_config_schema = z.strictObject({
  name: z.string().regex(instance_id_pattern, 'use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit'),
  engine: z.string().min(1),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).optional(),
  database_name: z.string().min(1),
  user_name: z.string().min(1),
  /** Absent: the server asks for none (trust, peer). */
  credential: credential_schema.optional(),
  tls: z.enum(['off', 'require', 'verify']).default('require'),
  tls_ca_file: z.string().optional(),
  enabled: z.boolean().default(true),
  /** The same for a primary and its replicas; absent: as the server itself says, where it can. */
  cluster_name: z.string().min(1).max(255).optional(),
  /** Of the statements aspect; the others keep their own unless set below. */
  interval_s: seconds(0.5, 3_600).default(60),
  /** What only this kind of engine understands: its folder's options.ts. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  aspects: z.partialRecord(z.enum(aspect_names), aspect_settings_schema).default({}),
});
export type InstanceConfig = z.infer<typeof instance_config_schema>;

export const instance_patch_schema = instance_config_schema.omit({ name: true, engine: true }).partial();
export type InstancePatch = z.infer<typeof instance_patch_schema>;
