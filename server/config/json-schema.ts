import { z } from 'zod';

/** The part of JSON Schema that the configuration and the API bodies use: one description to find keys and ranges in. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly unit?: string;
  readonly reason?: string;
  readonly default_text?: string;
  readonly description?: string;
}

const known = new WeakMap<z.ZodType, JsonSchema>();

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  let described = known.get(schema);
  if (described === undefined) {
    described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;
    known.set(schema, described);
  }
  return described;
}

/** The description at a path of keys and list places; undefined where nothing is described. */
export function describedAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const step of path) {
    if (here === undefined) return undefined;
    here = typeof step === 'number' ? here.items : childOf(here, String(step));
  }
  return here;
}

function childOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const own = schema.properties?.[key];
  if (own !== undefined) return own;
  if (typeof schema.additionalProperties === 'object') return schema.additionalProperties;
  return schema.anyOf?.map((branch) => childOf(branch, key)).find((child) => child !== undefined);
}

/** The keys an object may have: its properties, or the names its key type lists. */
export function knownKeys(schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return [];
  if (schema.properties !== undefined) return Object.keys(schema.properties);
  if (schema.propertyNames?.enum !== undefined) return schema.propertyNames.enum.map(String);
  return (schema.anyOf ?? []).flatMap(knownKeys);
}
