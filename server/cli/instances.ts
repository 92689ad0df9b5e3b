import { readFileSync } from 'node:fs';
import { instance_config_schema, instance_edit_schema, ProblemError } from '@plumbline/contracts';
import type { InstanceConfig, InstancePublic } from '@plumbline/contracts';
import type { Command } from 'commander';
import type { z } from 'zod';
import { checkInstance } from '../checkups.js';
import type { CheckupLine } from '../checkups.js';
import { problemsOf } from '../config/problems.js';
import { sourceFromUrl } from '../config/source-url.js';
import { notThere } from '../credentials/instances.js';
import type { Instances } from '../credentials/instances.js';
import { findApi } from './api-client.js';
import type { ApiClient } from './api-client.js';
import { exit_codes } from './exit-codes.js';
import { addRotateKey } from './rotate-key.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { instancesOf, openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';

type Options = ConfigOptions & { readonly json?: true };
interface AddOptions extends Options {
  readonly name?: string;
  readonly credential?: string;
  readonly passwordStdin?: true;
}
interface EditOptions extends Omit<AddOptions, 'name'> {
  readonly set: readonly string[];
}

/** Through the running server if there is one, so that it takes effect at once; else on its files. */
interface Desk {
  readonly setting: Setting;
  readonly api: ApiClient | undefined;
  readonly files: Instances;
}

export function addInstances(program: Command, cli: Cli): void {
  const instances = program.command('instances').description('Add, edit, remove, test and list what is watched');
  const command = (spec: string, about: string): Command =>
    withConfigOptions(instances.command(spec).description(about)).option('--json', 'print JSON');

  command('list', 'What is watched').action(async (options: Options) => {
    const { api, files } = await desk(options, cli);
    const all = api ? await api.ask<InstancePublic[]>('GET', '/instances') : files.list().map(files.public);
    cli.screen.out(options.json ? JSON.stringify(all, null, 2) : listText(all));
  });
  command('add <url>', 'Watch one more: postgresql://user@host:5432/database?name=shop&tls=verify')
    .option('--name <name>', 'its name (default: made from host and database)')
    .option('--credential <reference>', 'where its password is: env:NAME or file:/path')
    .option('--password-stdin', 'read the password from standard input; it is encrypted at rest')
    .action(async (url: string, options: AddOptions) => {
      const added = await add(url, options, await desk(options, cli));
      cli.screen.out(options.json ? JSON.stringify(added, null, 2) : `Added ${added.name}`);
    });
  command('edit <name>', 'Change an added instance')
    .option('--set <field=value...>', 'host, port, database_name, user_name, tls, interval_s, enabled …', [])
    .option('--credential <reference>', 'where its password is: env:NAME or file:/path')
    .option('--password-stdin', 'read the new password from standard input')
    .action(async (name: string, options: EditOptions) => {
      const edited = await edit(name, options, await desk(options, cli));
      cli.screen.out(options.json ? JSON.stringify(edited, null, 2) : `Changed ${edited.name}`);
    });
  command('remove <name>', 'Stop watching an added instance').action(async (name: string, options: Options) => {
    const { api, files } = await desk(options, cli);
    if (api) await api.ask('DELETE', `/instances/${encodeURIComponent(name)}`);
    else await files.remove(name);
    cli.screen.out(options.json ? JSON.stringify({ removed: name }) : `Removed ${name}`);
  });
  command('test <name>', 'Connect and check every need').action(async (name: string, options: Options) => {
    const checkups = await test(name, await desk(options, cli));
    cli.screen.out(options.json ? JSON.stringify({ checkups }, null, 2) : checkupText(checkups));
    if (checkups.some(({ state }) => state !== 'ok')) cli.end(exit_codes.something_is_wrong);
  });
  addRotateKey(instances, cli);
}

async function desk(options: ConfigOptions, { screen }: Cli): Promise<Desk> {
  const setting = await openSetting(options, screen);
  return {
    setting,
    api: await findApi(setting.loaded.config.data_directory, 'admin'),
    files: await instancesOf(setting),
  };
}

const passwordOf = (options: { passwordStdin?: true }): string | undefined =>
  options.passwordStdin === undefined ? undefined : readFileSync(0, 'utf8').replace(/\r?\n$/, '');

async function add(url: string, options: AddOptions, { setting, api, files }: Desk): Promise<InstancePublic> {
  const source = sourceFromUrl(url, setting.engines);
  const password = passwordOf(options) ?? source.password;
  const config = checked(
    instance_config_schema,
    {
      ...source.instance,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.credential === undefined ? {} : { credential: options.credential }),
    },
    'command line',
  );
  if (api) return api.ask('POST', '/instances', { ...config, password });
  return files.public(await files.add(config, password));
}

async function edit(name: string, options: EditOptions, { api, files }: Desk): Promise<InstancePublic> {
  const written = Object.fromEntries(options.set.map(fieldAndValue));
  if (options.credential !== undefined) written.credential = options.credential;
  const all = checked(instance_edit_schema, { ...written, password: passwordOf(options) }, '--set');
  const password = all.password;
  // The schema fills in defaults for what was not written; only what was written may change.
  const patch = Object.fromEntries(Object.entries(all).filter(([key]) => key in written));
  if (api) return api.ask('PATCH', `/instances/${encodeURIComponent(name)}`, { ...patch, password });
  return files.public(await files.edit(name, patch, password));
}

function fieldAndValue(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) {
    const mend = 'Write --set interval_s=30.';
    throw new ProblemError([{ where: '--set', field: 'field=value', message: 'has no field or no value', mend }]);
  }
  const value = text.slice(at + 1);
  const is_plain = /^(true|false|-?\d+(\.\d+)?|\{.*\})$/.test(value);
  return [text.slice(0, at), is_plain ? parsedOr(value) : value];
}

function parsedOr(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ProblemError(problemsOf(result.error, schema, { where }));
}

async function test(name: string, { setting, api, files }: Desk): Promise<readonly CheckupLine[]> {
  if (api) {
    const path = `/instances/${encodeURIComponent(name)}/test`;
    return (await api.ask<{ checkups: CheckupLine[] }>('POST', path)).checkups;
  }
  const config: InstanceConfig | undefined = files.find(name);
  if (config === undefined) throw notThere(name, files.list());
  return checkInstance(config, setting.engines, files);
}

const listText = (all: readonly InstancePublic[]): string =>
  all.length === 0
    ? 'Nothing is watched'
    : table(
        ['name', 'engine', 'where', 'user', 'enabled', 'interval s', 'password', 'from'],
        all.map((one) => [
          one.name,
          one.engine,
          `${one.host}${one.port === undefined ? '' : `:${one.port}`}/${one.database_name}`,
          one.user_name,
          String(one.enabled),
          String(one.interval_s),
          one.has_credential ? 'yes' : 'none',
          one.is_from_file ? 'file' : 'added',
        ]),
      );

const checkupText = (checkups: readonly CheckupLine[]): string =>
  table(
    ['aspect', 'state', 'message', 'fix'],
    checkups.map(({ aspect, state, message, fix }) => [aspect, state, message, fix]),
  );
