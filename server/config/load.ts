import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Engine, Problem } from '@plumbline/contracts';
import { ProblemError } from '@plumbline/contracts';
import { crossProblems } from './cross-checks.js';
import { readDocument } from './document.js';
import type { ConfigDocument } from './document.js';
import { readEnvironment, withValueAt } from './environment.js';
import type { EnvironmentReading } from './environment.js';
import { jsonSchemaOf } from './json-schema.js';
import { problemsOf } from './problems.js';
import type { Written } from './problems.js';
import { config_schema } from './schema.js';
import type { Config } from './schema.js';
import { sourceFromUrl } from './source-url.js';

export interface ConfigRequest {
  /** `--config`; else PLUMBLINE_CONFIG; else ./plumbline.yml if it is there. */
  readonly config_path?: string | undefined;
  /** `--source`, in place of or beside the file's instances. */
  readonly source?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly working_directory: string;
  readonly engines: readonly Pick<Engine, 'id' | 'url_schemes' | 'default_port'>[];
  /** Laid under the file: what the demo asks for. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read; undefined when there is none. */
  readonly path: string | undefined;
  /** Passwords that came inside a `--source` URL, by instance name. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** Reads file, environment and command line once. @throws ProblemError with every mistake of all three. */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const path = configPath(request);
  const document = path === undefined ? undefined : readFile(path);
  const environment = readEnvironment(jsonSchemaOf(config_schema), request.environment);
  const problems: Problem[] = [...(document?.problems ?? []), ...environment.problems];
  const source = attempt(problems, () => sourceOf(request));

  const is_readable = document === undefined || document.problems.length === 0;
  const laid = layers(request.defaults ?? {}, is_readable ? (document?.value ?? {}) : {}, environment, source);
  const written = writtenIn(document);
  problems.push(
    ...crossProblems(
      laid,
      request.engines.map(({ id }) => id),
      written,
    ),
  );
  const checked = config_schema.safeParse(laid);
  if (!checked.success) {
    problems.push(
      ...problemsOf(checked.error, config_schema, written).map((problem) => fromVariable(problem, environment)),
    );
  }
  if (problems.length > 0 || !checked.success) throw new ProblemError(inOrder(problems));

  return {
    config: deepFreeze({
      ...checked.data,
      data_directory: resolve(request.working_directory, checked.data.data_directory),
    }),
    path,
    passwords: new Map(source?.password === undefined ? [] : [[source.instance.name, source.password]]),
    warnings: source?.password === undefined ? [] : [password_in_url],
  };
}

const password_in_url =
  'The password inside --source is visible in the process list and the shell history. ' +
  'Prefer PGPASSWORD in the environment, or an instance with credential env:NAME or file:/path in plumbline.yml.';

function configPath({ config_path, environment, working_directory }: ConfigRequest): string | undefined {
  const asked = config_path ?? environment.PLUMBLINE_CONFIG;
  if (asked !== undefined) return resolve(working_directory, asked);
  const usual = resolve(working_directory, 'plumbline.yml');
  return existsSync(usual) ? usual : undefined;
}

function readFile(path: string): ConfigDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    const mend = code === 'ENOENT' ? 'Check the path, or start without --config.' : 'Make it readable for this user.';
    throw new ProblemError([{ where: path, field: '(file)', message: `cannot be read (${code})`, mend }]);
  }
  return readDocument(text, path);
}

/** PGPASSWORD is what psql users already have set: honoured for --source, where no credential can be written. */
function sourceOf({ source, engines, environment }: ConfigRequest): ReturnType<typeof sourceFromUrl> | undefined {
  if (source === undefined) return undefined;
  const parsed = sourceFromUrl(source, engines);
  if (parsed.password !== undefined || environment.PGPASSWORD === undefined) return parsed;
  return { ...parsed, instance: { ...parsed.instance, credential: 'env:PGPASSWORD' } };
}

function attempt<T>(problems: Problem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function layers(
  defaults: unknown,
  file: unknown,
  environment: EnvironmentReading,
  source: ReturnType<typeof sourceOf>,
): unknown {
  let laid = mergeBlocks(defaults, file);
  for (const { key, value } of environment.values) laid = withValueAt(laid, key.path, value);
  if (source === undefined || typeof laid !== 'object' || laid === null) return laid;
  const instances = (laid as { instances?: unknown }).instances;
  return { ...laid, instances: [...(Array.isArray(instances) ? instances : []), source.instance] };
}

const isBlock = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeBlocks(under: unknown, over: unknown): unknown {
  if (!isBlock(under) || !isBlock(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = key in under ? mergeBlocks(under[key], value) : value;
  return merged;
}

const writtenIn = (document: ConfigDocument | undefined): Written =>
  document === undefined
    ? { where: 'configuration' }
    : { where: document.where, lineOf: (path) => document.lineOf(path) };

/** A wrong value that came from a variable is mended at the variable, not in the file. */
function fromVariable(problem: Problem, environment: EnvironmentReading): Problem {
  const variable = environment.values.find(({ key }) => key.path.join('.') === problem.field);
  return variable === undefined
    ? problem
    : { ...problem, where: 'environment', field: variable.key.name, line: undefined };
}

const inOrder = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort((a, b) => a.where.localeCompare(b.where) || (a.line ?? 0) - (b.line ?? 0));

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
