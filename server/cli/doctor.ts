import { access, constants, mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { checkInstance } from '../checkups.js';
import type { CheckupLine } from '../checkups.js';
import { errorText } from '../logging.js';
import { exit_codes } from './exit-codes.js';
import type { Cli, Screen } from './screen.js';
import { instancesOf, openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';

type DoctorOptions = ConfigOptions & { readonly json?: true; readonly instance?: string };

interface Patient {
  readonly name: string;
  readonly checkups: readonly CheckupLine[];
}

export function addDoctor(program: Command, cli: Cli): void {
  withConfigOptions(program.command('doctor'))
    .description('Check every instance: what is missing, and the exact statement or setting that mends it')
    .argument('[instance]', 'only this one')
    .option('-i, --instance <name>', 'only this one')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, options: DoctorOptions) => {
      const setting = await openSetting(options, cli.screen);
      const patients = await examine(setting, name ?? options.instance);
      if (options.json) cli.screen.out(JSON.stringify({ instances: patients }, null, 2));
      else patients.forEach((patient) => print(patient, cli.screen));
      const all_well = patients.every(({ checkups }) => checkups.every(({ state }) => state === 'ok'));
      if (!all_well) cli.end(exit_codes.something_is_wrong);
    });
}

async function examine(setting: Setting, only: string | undefined): Promise<readonly Patient[]> {
  const instances = await instancesOf(setting);
  const chosen = instances.list().filter(({ name }) => only === undefined || name === only);
  const patients = await Promise.all(
    chosen.map(async (config) => ({
      name: config.name,
      checkups: await checkInstance(config, setting.engines, instances),
    })),
  );
  return [
    { name: 'plumbline', checkups: [await dataDirectory(setting), nothingToWatch(chosen.length, only)] },
    ...patients,
  ];
}

const ok = (aspect: string, message: string): CheckupLine => ({ aspect, state: 'ok', message, fix: '' });

async function dataDirectory({ loaded }: Setting): Promise<CheckupLine> {
  const path = loaded.config.data_directory;
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return ok('data_directory', path);
  } catch (error) {
    return { aspect: 'data_directory', state: 'failed', message: errorText(error), fix: `Make ${path} writable.` };
  }
}

function nothingToWatch(count: number, only: string | undefined): CheckupLine {
  if (count > 0) return ok('instances', `${count}`);
  const fix =
    only === undefined
      ? 'Add one: --source postgresql://…, `instances:` in plumbline.yml, or plumbline instances add.'
      : 'See plumbline instances list.';
  const message = only === undefined ? 'there is nothing to watch' : `there is no instance ${only}`;
  return { aspect: 'instances', state: 'failed', message, fix };
}

function print({ name, checkups }: Patient, screen: Screen): void {
  screen.out(name);
  for (const { aspect, state, message, fix } of checkups) {
    screen.out(
      `  ${state === 'ok' ? 'ok  ' : 'MEND'}  ${aspect}: ${[state === 'ok' ? '' : state, message].filter(Boolean).join(', ')}`,
    );
    for (const line of fix.split('\n').filter(Boolean)) screen.out(`        ${line}`);
  }
}
