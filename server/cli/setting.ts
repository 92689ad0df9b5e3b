import type { Engine } from '@plumbline/contracts';
import type { Log } from '@plumbline/collector';
import { loadEngines } from '@plumbline/engines';
import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import type { LoadedConfig } from '../config/load.js';
import { openInstances } from '../credentials/instances.js';
import type { Instances } from '../credentials/instances.js';
import type { ReferenceSource } from '../credentials/reference.js';
import { createSecrets } from '../credentials/secrets.js';
import type { Secrets } from '../credentials/secrets.js';
import { createLog } from '../logging.js';
import type { Screen } from './screen.js';

/** What every command begins with: the configuration, the engines, the log. */
export interface Setting {
  readonly loaded: LoadedConfig;
  readonly engines: readonly Engine[];
  readonly source: ReferenceSource;
  readonly secrets: Secrets;
  readonly log: Log;
}

export interface ConfigOptions {
  readonly config?: string;
  readonly source?: string;
}

export const withConfigOptions = (command: Command): Command =>
  command
    .option(
      '-c, --config <file>',
      'configuration file (default: PLUMBLINE_CONFIG, else ./plumbline.yml if it is there)',
    )
    .option('-s, --source <url>', 'one instance to watch: postgresql://user@host:5432/database');

/** @throws ProblemError with every mistake of file, environment and command line. */
export async function openSetting(
  { config: config_path, source: source_url }: ConfigOptions,
  screen: Screen,
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<Setting> {
  const engines = [...(await loadEngines()).values()];
  const source: ReferenceSource = { environment: process.env, working_directory: process.cwd() };
  const loaded = loadConfig({ config_path, source: source_url, ...source, engines, defaults });
  for (const warning of loaded.warnings) screen.error(`Warning: ${warning}`);
  const secrets = createSecrets();
  for (const password of loaded.passwords.values()) secrets.remember(password);
  return { loaded, engines, source, secrets, log: createLog(loaded.config.log.level, secrets) };
}

export const instancesOf = ({ loaded, engines, source, secrets }: Setting): Promise<Instances> =>
  openInstances({ config: loaded.config, passwords: loaded.passwords, engines, source, secrets });
