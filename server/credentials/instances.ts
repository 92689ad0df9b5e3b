import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, InstanceConfig, InstancePatch, InstancePublic, Problem } from '@plumbline/contracts';
import { ProblemError, instance_config_schema, instance_public_schema } from '@plumbline/contracts';
import { z } from 'zod';
import { nearest } from '../config/nearest.js';
import { problemsOf } from '../config/problems.js';
import type { Config } from '../config/schema.js';
import { writeAtomically } from './atomic-file.js';
import { decrypt, encrypt, parseKey } from './encryption.js';
import type { EncryptionKey } from './encryption.js';
import { resolveReference } from './reference.js';
import type { ReferenceSource } from './reference.js';
import type { Secrets } from './secrets.js';

/** What is watched: the instances of the configuration file, and those added since by API or command line. */
export interface Instances {
  list(): readonly InstanceConfig[];
  find(name: string): InstanceConfig | undefined;
  public(config: InstanceConfig): InstancePublic;
  /** @throws ProblemError: unknown engine, name taken, no key for a password. */
  add(config: InstanceConfig, password: string | undefined): Promise<InstanceConfig>;
  /** @throws ProblemError: not there, or from the file. A password replaces the credential. */
  edit(name: string, patch: InstancePatch, password?: string): Promise<InstanceConfig>;
  remove(name: string): Promise<void>;
  /**
   * Encrypts every password kept here with another key, all or none; gives how many. This object goes on with it.
   * @throws ProblemError when the new key is the one in use.
   */
  rotateKey(next: EncryptionKey): Promise<number>;
  /** Just before connecting. '' when the server asks for none. */
  password(config: InstanceConfig): Promise<string>;
}

export interface InstancesOptions {
  readonly config: Pick<Config, 'data_directory' | 'instances' | 'credentials'>;
  readonly engines: readonly Pick<Engine, 'id'>[];
  readonly passwords: ReadonlyMap<string, string>;
  readonly source: ReferenceSource;
  readonly secrets: Secrets;
}

export const instances_file = 'instances.json';

/** @throws ProblemError when the added ones cannot be read or their passwords do not decrypt with the key that is set. */
export async function openInstances(options: InstancesOptions): Promise<Instances> {
  const path = join(options.config.data_directory, instances_file);
  const from_file = options.config.instances as readonly InstanceConfig[];
  let key = await openKey(options);
  let added = await readAdded(path);
  checkDecryptable(added, key);
  checkNames(from_file, added);

  const list = (): readonly InstanceConfig[] => [...from_file, ...added];
  const isFromFile = (name: string): boolean => from_file.some((config) => config.name === name);
  const keep = async (next: readonly InstanceConfig[]): Promise<void> => {
    await writeAtomically(path, `${JSON.stringify(next, null, 2)}\n`);
    added = next;
  };
  const sealed = (config: InstanceConfig, password: string | undefined): InstanceConfig => {
    if (password === undefined) return config;
    options.secrets.remember(password);
    if (key === undefined) throw noKey();
    return { ...config, credential: encrypt(password, config.name, key) };
  };
  const addedAt = (name: string): InstanceConfig => {
    const config = added.find((one) => one.name === name);
    if (config === undefined) throw isFromFile(name) ? fixedByFile(name) : notThere(name, list());
    return config;
  };

  return {
    list,
    find: (name) => list().find((config) => config.name === name),
    public: (config) => publicOf(config, isFromFile(config.name), options.passwords.has(config.name)),
    async add(config, password) {
      checkEngine(config, options.engines);
      if (list().some(({ name }) => name === config.name)) throw taken(config.name);
      const complete = sealed(config, password);
      await keep([...added, complete]);
      return complete;
    },
    async edit(name, patch, password) {
      const defined = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const edited = sealed({ ...addedAt(name), ...defined }, password);
      await keep(added.map((config) => (config.name === name ? edited : config)));
      return edited;
    },
    async remove(name) {
      addedAt(name);
      await keep(added.filter((config) => config.name !== name));
    },
    async rotateKey(next) {
      if (next.key_id === key?.key_id) throw sameKey(next);
      const resealed = added.map((config) => reencrypted(config, key, next));
      await keep(resealed);
      key = next;
      return resealed.filter(isSealed).length;
    },
    async password(config) {
      const secret = options.passwords.get(config.name) ?? (await passwordOf(config, key, options.source));
      options.secrets.remember(secret);
      return secret;
    },
  };
}

const isSealed = ({ credential }: InstanceConfig): boolean =>
  credential !== undefined && typeof credential !== 'string';

function reencrypted(config: InstanceConfig, before: EncryptionKey | undefined, next: EncryptionKey): InstanceConfig {
  const { name, credential } = config;
  if (credential === undefined || typeof credential === 'string') return config;
  return { ...config, credential: encrypt(decrypt(credential, name, before), name, next) };
}

async function passwordOf(
  { name, credential }: InstanceConfig,
  key: EncryptionKey | undefined,
  source: ReferenceSource,
): Promise<string> {
  if (credential === undefined) return '';
  if (typeof credential === 'string') return resolveReference(credential, `${name}.credential`, source);
  return decrypt(credential, name, key);
}

/** No key is fine until a password has to be kept; a key that cannot be read or is no key is a mistake at once. */
async function openKey({ config, source, secrets }: InstancesOptions): Promise<EncryptionKey | undefined> {
  const reference = config.credentials.key;
  const is_unset = reference.startsWith('env:') && !source.environment[reference.slice('env:'.length)];
  if (is_unset) return undefined;
  const text = await resolveReference(reference, 'credentials.key', source);
  secrets.remember(text.trim());
  return parseKey(text, reference);
}

async function readAdded(path: string): Promise<readonly InstanceConfig[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const schema = z.array(instance_config_schema);
  const checked = schema.safeParse(parseJson(text, path));
  if (!checked.success) throw new ProblemError(problemsOf(checked.error, schema, { where: path }));
  return checked.data;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const mend = 'Restore it from a backup, or remove it and add the instances again.';
    throw new ProblemError([{ where: path, field: '(whole)', message: 'is not JSON', mend }]);
  }
}

function checkDecryptable(added: readonly InstanceConfig[], key: EncryptionKey | undefined): void {
  const problems = added.flatMap(({ name, credential }) => {
    if (credential === undefined || typeof credential === 'string') return [];
    try {
      decrypt(credential, name, key);
      return [];
    } catch (error) {
      if (error instanceof ProblemError) return error.problems;
      throw error;
    }
  });
  if (problems.length > 0) throw new ProblemError(problems);
}

function checkNames(from_file: readonly InstanceConfig[], added: readonly InstanceConfig[]): void {
  const twice = added.filter(({ name }) => from_file.some((config) => config.name === name));
  if (twice.length === 0) return;
  const mend = 'Rename it in the file, or remove the added one: plumbline instances remove NAME, with the file aside.';
  throw new ProblemError(
    twice.map(({ name }) => ({
      where: instances_file,
      field: name,
      message: 'is in the configuration file too',
      mend,
    })),
  );
}

function checkEngine({ engine }: InstanceConfig, engines: InstancesOptions['engines']): void {
  const ids = engines.map(({ id }) => id);
  if (ids.includes(engine)) return;
  const meant = nearest(engine, ids);
  const mend = meant === undefined ? `Use one of ${ids.join(', ')}.` : `Did you mean "${meant}"?`;
  throw new ProblemError([{ where: 'body', field: 'engine', message: 'is not a known engine', mend }]);
}

function publicOf(config: InstanceConfig, is_from_file: boolean, has_password: boolean): InstancePublic {
  const { credential, ...rest } = config;
  return instance_public_schema.parse({
    ...rest,
    has_credential: credential !== undefined || has_password,
    is_from_file,
  });
}

/** What kind of refusal, so that the API can choose its status: the problem's `field` alone would be guessing. */
export class InstanceProblem extends ProblemError {
  constructor(
    readonly refusal: 'taken' | 'not_there' | 'fixed_by_file',
    problem: Omit<Problem, 'where'>,
  ) {
    super([{ where: 'body', ...problem }]);
  }
}

const taken = (name: string): InstanceProblem =>
  new InstanceProblem('taken', {
    field: 'name',
    message: `an instance ${name} exists`,
    mend: 'Choose another name, or edit that one.',
  });
const fixedByFile = (name: string): InstanceProblem =>
  new InstanceProblem('fixed_by_file', {
    field: 'instance_id',
    message: `${name} is described in the configuration file`,
    mend: 'Edit the file and restart.',
  });
export const notThere = (name: string, list: readonly InstanceConfig[]): InstanceProblem => {
  const meant = nearest(
    name,
    list.map((config) => config.name),
  );
  return new InstanceProblem('not_there', {
    field: 'instance_id',
    message: 'there is no such instance',
    mend: meant === undefined ? 'See GET /api/v1/instances.' : `Did you mean "${meant}"?`,
  });
};
const sameKey = ({ key_id }: EncryptionKey): ProblemError =>
  new ProblemError([
    {
      where: 'credentials',
      field: 'new key',
      message: `is key ${key_id}, which is in use already`,
      mend: 'Make another with: openssl rand -base64 32',
    },
  ]);
const noKey = (): ProblemError =>
  new ProblemError([
    {
      where: 'body',
      field: 'password',
      message: 'cannot be kept: no encryption key is set',
      mend: 'Start with PLUMBLINE_KEY set (openssl rand -base64 32), or give credential env:NAME or file:/path instead.',
    },
  ]);
