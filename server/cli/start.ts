import { loadJobs } from '@plumbline/analytics';
import type { Command } from 'commander';
import type { Demo } from '../demo/index.js';
import { runServer } from '../run.js';
import type { ProcessRole } from '../roles.js';
import type { RunningServer } from '../run.js';
import { exit_codes } from './exit-codes.js';
import type { Cli, Screen } from './screen.js';
import { instancesOf, openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';

interface StartOptions extends ConfigOptions {
  readonly demo: boolean;
}

const role_descriptions: Readonly<Record<Exclude<ProcessRole, 'all'>, string>> = {
  collector: 'Only read instances, shared with the other collectors on the store, and publish batches to Kafka',
  sink: 'Only take batches from Kafka into the store',
  analytics: 'Only judge and advise; of several on one store, one works and the others stand by',
  api: 'Only serve the API',
};

export function addStart(program: Command, cli: Cli): void {
  withConfigOptions(program.command('start').alias('all'))
    .description('Watch, judge, advise and serve; without anything to watch, show a demo on a PostgreSQL of its own')
    .option('--no-demo', 'start empty instead of with the demo; add instances later')
    .action(async (options: StartOptions) => cli.end(await start(options, cli.screen)));
  for (const [role, description] of Object.entries(role_descriptions) as [ProcessRole, string][]) {
    withConfigOptions(program.command(role))
      .description(description)
      .action(async (options: ConfigOptions) => cli.end(await startRole(role, options, cli.screen)));
  }
}

/** A stop that hangs must not keep an operator waiting: the outbox makes ending at once safe. */
const stop_within_ms = 9_500;

async function start(options: StartOptions, screen: Screen): Promise<number> {
  const stopping = stopSignal();
  const { setting, demo } = await settingAndDemo(options, screen);
  try {
    const server = await run('all', setting, screen);
    if (demo !== undefined) tellStory(demo, server, screen);
    const signal = await stopping;
    screen.out(`${signal}: stopping`);
    return await stopWithin(server, demo, setting);
  } catch (error) {
    await demo?.stop();
    throw error;
  }
}

async function startRole(role: ProcessRole, options: ConfigOptions, screen: Screen): Promise<number> {
  const stopping = stopSignal();
  const setting = await openSetting(options, screen);
  const server = await run(role, setting, screen);
  const signal = await stopping;
  screen.out(`${signal}: stopping`);
  return stopWithin(server, undefined, setting);
}

async function run(role: ProcessRole, setting: Setting, screen: Screen): Promise<RunningServer> {
  const jobs = await loadJobs();
  const say = (line: string): void => screen.out(line);
  const server = await runServer({ ...setting, ...setting.loaded, role, jobs, say });
  screen.out('Running. Stop with Ctrl-C.');
  return server;
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // A second signal is impatience: the default action ends the process.
      process.once(signal, () => resolve(signal));
    }
  });
}

async function stopWithin(server: RunningServer, demo: Demo | undefined, { log }: Setting): Promise<number> {
  const timer = setTimeout(() => {
    log('error', 'Stopping took too long; what was not delivered stays in the outbox');
    process.exit(exit_codes.fault);
  }, stop_within_ms);
  // Together: the demo's PostgreSQL must not outlive us when the time is up.
  await Promise.all([server.stop(), demo?.stop()]);
  clearTimeout(timer);
  return exit_codes.ok;
}

interface SettingAndDemo {
  readonly setting: Setting;
  readonly demo: Demo | undefined;
}

/** With something to watch, no demo. The demo's data stand apart from those of real instances. */
async function settingAndDemo(options: StartOptions, screen: Screen): Promise<SettingAndDemo> {
  const setting = await openSetting(options, screen);
  const is_configured = setting.loaded.path !== undefined || options.source !== undefined;
  if (is_configured || !options.demo) return { setting, demo: undefined };
  if ((await instancesOf(setting)).list().length > 0) return { setting, demo: undefined };

  screen.out('Nothing to watch is configured: starting the demo on a PostgreSQL of its own');
  const data_directory = './plumbline-demo';
  const before = await openSetting(options, screen, { data_directory });
  const { startDemo, emptyDemoDirectory } = await import('../demo/index.js');
  emptyDemoDirectory(before.loaded.config.data_directory);
  const demo = await startDemo((line) => screen.out(line));
  try {
    // The story is told in plain lines; only what goes wrong is logged between them.
    const log = { level: 'warn' as const };
    const defaults = { data_directory, log, analytics: demo.analytics, instances: [demo.instance] };
    return { setting: await openSetting(options, screen, defaults), demo };
  } catch (error) {
    await demo.stop();
    throw error;
  }
}

function tellStory(demo: Demo, server: RunningServer, screen: Screen): void {
  const pages_url = new URL(server.preview_url ?? server.api_url).origin;
  demo
    .run(server.ask, pages_url, (line) => screen.out(line))
    .catch((error: unknown) => {
      screen.error(`The demo's story broke off: ${error instanceof Error ? error.message : String(error)}`);
    });
}
