import type { Problem } from '@plumbline/contracts';
import type { JsonSchema } from './json-schema.js';
import { nearest } from './nearest.js';

/** One key that an environment variable may set: PLUMBLINE_API_PORT sets api.port. */
export interface EnvironmentKey {
  readonly name: string;
  readonly path: readonly string[];
  readonly type: string;
}

/** Variables with a meaning of their own, beside the ones made from keys. */
const reserved = ['PLUMBLINE_CONFIG', 'PLUMBLINE_KEY', 'PLUMBLINE_TOKEN'];

/** Every single value outside lists: lists (instances, tokens) belong into the file. */
export function environmentKeys(schema: JsonSchema, path: readonly string[] = []): EnvironmentKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const here = [...path, key];
    if (child.properties !== undefined) return environmentKeys(child, here);
    if (!['string', 'number', 'integer', 'boolean'].includes(child.type ?? '')) return [];
    return [{ name: `PLUMBLINE_${here.join('_').toUpperCase()}`, path: here, type: child.type ?? 'string' }];
  });
}

export interface EnvironmentReading {
  /** Path and value of each variable that is set, as text turned into its type. */
  readonly values: readonly { readonly key: EnvironmentKey; readonly value: unknown }[];
  readonly problems: readonly Problem[];
}

export function readEnvironment(schema: JsonSchema, environment: NodeJS.ProcessEnv): EnvironmentReading {
  const keys = environmentKeys(schema);
  const values = keys.flatMap((key) => {
    const text = environment[key.name];
    return text === undefined ? [] : [{ key, value: typed(text, key.type) }];
  });
  return { values, problems: misspelled(keys, environment) };
}

/** Text that is no number or boolean stays text, so that the schema says what is wrong with it. */
function typed(text: string, type: string): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((type === 'number' || type === 'integer') && text.trim() !== '' && Number.isFinite(Number(text))) {
    return Number(text);
  }
  return text;
}

/** A PLUMBLINE_ name that nearly is a known one is a mistake; others may be secrets that `env:` references name. */
function misspelled(keys: readonly EnvironmentKey[], environment: NodeJS.ProcessEnv): Problem[] {
  const names = [...keys.map(({ name }) => name), ...reserved];
  return Object.keys(environment)
    .filter((name) => name.startsWith('PLUMBLINE_') && !names.includes(name))
    .flatMap((name) => {
      const short = name.slice('PLUMBLINE_'.length);
      const meant = nearest(
        short,
        names.map((known) => known.slice('PLUMBLINE_'.length)),
      );
      if (meant === undefined || Math.abs(meant.length - short.length) > 2) return [];
      return [
        { where: 'environment', field: name, message: 'sets nothing', mend: `Did you mean "PLUMBLINE_${meant}"?` },
      ];
    });
}

export function withValueAt(value: unknown, path: readonly string[], set: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return set;
  const block = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...block, [key]: withValueAt((block as Record<string, unknown>)[key], rest, set) };
}
