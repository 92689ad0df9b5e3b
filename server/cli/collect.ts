import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '@plumbline/collector';
import { collectOnce, openOutbox, startSink } from '@plumbline/collector';
import { system_clock } from '@plumbline/contracts';
import type { InstanceConfig, InstancePublic } from '@plumbline/contracts';
import { FeatureExtractor } from '@plumbline/sql';
import type { Command } from 'commander';
import { openBus } from '../bus.js';
import type { CheckupLine } from '../checkups.js';
import { collectTools } from '../collect-tools.js';
import type { Instances } from '../credentials/instances.js';
import { notThere } from '../credentials/instances.js';
import { createOpened } from '../opened.js';
import type { Opened } from '../opened.js';
import { storeUri } from '../run.js';
import { openPreparedStore } from '../store.js';
import { findApi } from './api-client.js';
import type { ApiClient } from './api-client.js';
import { exit_codes } from './exit-codes.js';
import type { Cli, Screen } from './screen.js';
import { instancesOf, openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';

interface Reading {
  readonly instance_id: string;
  readonly aspects: readonly (CheckupLine & { readonly rows_read?: number; readonly elapsed_ms?: number })[];
  readonly is_delivered: boolean;
}

const drain_timeout_ms = 30_000;

export function addCollect(program: Command, cli: Cli): void {
  withConfigOptions(program.command('collect'))
    .description('Read every aspect once; counters need two readings before they say anything')
    .argument('[instance]', 'only this one')
    .option('--once', 'the default, and the only way: `plumbline start` reads on and on')
    .option('--json', 'print JSON')
    .action(async (only: string | undefined, options: ConfigOptions & { json?: true }) => {
      const setting = await openSetting(options, cli.screen);
      const api = await findApi(setting.loaded.config.data_directory, 'operator');
      const readings = api ? await throughServer(api, only) : await here(setting, only, cli.screen);
      if (options.json) cli.screen.out(JSON.stringify({ instances: readings }, null, 2));
      else readings.forEach((reading) => print(reading, cli.screen));
      if (!readings.every(isWell)) cli.end(exit_codes.something_is_wrong);
    });
}

const isWell = ({ aspects, is_delivered }: Reading): boolean =>
  is_delivered && aspects.every(({ state }) => state === 'ok' || state === 'disabled');

async function throughServer(api: ApiClient, only: string | undefined): Promise<readonly Reading[]> {
  const all = await api.ask<InstancePublic[]>('GET', '/instances');
  const chosen = only === undefined ? all.filter(({ enabled }) => enabled).map(({ name }) => name) : [only];
  return Promise.all(
    chosen.map(async (instance_id) => {
      const path = `/instances/${encodeURIComponent(instance_id)}/collect`;
      const { checkups } = await api.ask<{ checkups: CheckupLine[] }>('POST', path);
      return { instance_id, aspects: checkups, is_delivered: true };
    }),
  );
}

async function here(setting: Setting, only: string | undefined, screen: Screen): Promise<readonly Reading[]> {
  const opened = createOpened();
  try {
    const instances = await instancesOf(setting);
    return await readAll(chosenOf(instances, only), setting, instances, opened, screen);
  } finally {
    await opened.closeAll(setting.log);
  }
}

function chosenOf(instances: Instances, only: string | undefined): readonly InstanceConfig[] {
  if (only === undefined) return instances.list().filter(({ enabled }) => enabled);
  const config = instances.find(only);
  if (config === undefined) throw notThere(only, instances.list());
  return [config];
}

async function readAll(
  chosen: readonly InstanceConfig[],
  { loaded: { config }, engines, source, log }: Setting & { log: Log },
  instances: Instances,
  opened: Opened,
  screen: Screen,
): Promise<readonly Reading[]> {
  await mkdir(config.data_directory, { recursive: true, mode: 0o700 });
  const { store } = await openPreparedStore(storeUri(config), (line) => screen.error(line), log);
  opened.add('store', () => store.close());
  const outbox = await openOutbox(join(config.data_directory, 'outbox'), { max_bytes: config.outbox.max_bytes, log });
  opened.add('outbox', () => outbox.close());
  const bus = await openBus(config, source, log);
  opened.add('bus', () => bus.close());
  const sink = await startSink({ bus, store, log });
  opened.add('sink', () => sink.stop());
  const extractor = new FeatureExtractor();
  opened.add('feature extractor', () => extractor.close());

  const readings: Reading[] = [];
  for (const instance of chosen) {
    const { statuses, is_delivered } = await collectOnce({
      instance,
      engines,
      resolvePassword: (one) => instances.password(one),
      outbox,
      bus,
      tools: collectTools(extractor),
      clock: system_clock,
      log,
      drain_timeout_ms,
    });
    readings.push({ instance_id: instance.name, aspects: statuses, is_delivered });
  }
  return readings;
}

function print({ instance_id, aspects, is_delivered }: Reading, screen: Screen): void {
  screen.out(instance_id);
  for (const { aspect, state, message, fix, rows_read, elapsed_ms } of aspects) {
    const cost = rows_read === undefined ? '' : ` (${rows_read} rows, ${(elapsed_ms ?? 0).toFixed(0)} ms)`;
    screen.out(`  ${state.padEnd(11)}  ${aspect}${cost}${message === '' ? '' : `: ${message}`}`);
    if (fix !== '') screen.out(`               ${fix}`);
  }
  if (!is_delivered) screen.out('  The rows wait in the outbox; the next start delivers them.');
}
