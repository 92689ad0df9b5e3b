import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job } from '@plumbline/analytics';
import type { AskView } from '@plumbline/clickhouse';
import type { Log } from '@plumbline/collector';
import { ProblemError, system_clock } from '@plumbline/contracts';
import type { Engine, InstanceConfig } from '@plumbline/contracts';
import { startApi, startSelfApi } from './api/app.js';
import type { ApiOptions, SelfOptions } from './api/options.js';
import { checksOf } from './checks.js';
import { checkInstance } from './checkups.js';
import type { Config } from './config/schema.js';
import { openInstances } from './credentials/instances.js';
import type { Instances } from './credentials/instances.js';
import type { ReferenceSource } from './credentials/reference.js';
import type { Secrets } from './credentials/secrets.js';
import { openTokens } from './credentials/tokens.js';
import type { Tokens } from './credentials/tokens.js';
import { collector_elsewhere, readOnly } from './elsewhere.js';
import type { RunningJobs } from './jobs.js';
import { startJudging, stop_jobs_within_ms } from './judging.js';
import { errorText } from './logging.js';
import { createMetrics } from './metrics/metrics.js';
import type { Metrics } from './metrics/metrics.js';
import { listening, showPreview, startEndpoint, urlOf } from './doors.js';
import { createOpened } from './opened.js';
import type { Opened } from './opened.js';
import { startPipeline } from './pipeline.js';
import type { Pipeline } from './pipeline.js';
import { checkRole, duties } from './roles.js';
import type { ProcessRole } from './roles.js';
import { removeServerFile, writeServerFile } from './server-file.js';
import { openPreparedStore } from './store.js';
import type { PreparedStore } from './store.js';
import { version } from './version.js';
import { openWhatIfConnections } from './what-if.js';
import type { WhatIfConnections } from './what-if.js';

export interface RunOptions {
  readonly role: ProcessRole;
  readonly config: Config;
  readonly passwords: ReadonlyMap<string, string>;
  readonly engines: readonly Engine[];
  readonly jobs: readonly Job[];
  readonly source: ReferenceSource;
  readonly secrets: Secrets;
  readonly log: Log;
  /** Progress for a person; not the log. */
  readonly say: (line: string) => void;
}

export interface RunningServer {
  readonly api_url: string;
  readonly clickhouse_url: string | undefined;
  readonly preview_url: string | undefined;
  readonly tokens: Tokens;
  readonly ask: AskView;
  stop(): Promise<void>;
}

/** One process of the given role. @throws ProblemError for what the configuration asks and cannot be had; nothing stays open. */
export async function runServer(options: RunOptions): Promise<RunningServer> {
  const opened = createOpened();
  try {
    return await startAll(options, opened);
  } catch (error) {
    await opened.closeAll(options.log);
    throw error;
  }
}

async function startAll(options: RunOptions, opened: Opened): Promise<RunningServer> {
  const { config, engines, log, say, role } = options;
  checkRole(role, config);
  await makeDataDirectory(config.data_directory);
  const instances = await openInstances(options);
  const tokens = await openTokens(config, options.source, options.secrets);
  const metrics = createMetrics();

  rememberStorePassword(options);
  const store = await openPreparedStore(storeUri(config), say, log);
  opened.add('store', () => store.store.close());
  const pipeline = await startPipeline(options, store.store, instances, metrics, opened);
  const what_if = openWhatIfConnections(engines, instances, log);
  opened.add('what-if connections', () => what_if.close());
  const jobs = startJudging(options, store, what_if, metrics, opened);
  say(dutiesText(options, instances));

  const started_at = new Date();
  const doors = await openDoors(
    { options, store, instances, tokens, metrics, pipeline, what_if, jobs, started_at },
    opened,
  );
  log('info', 'Started', { version, role, ...doors, instances: instances.list().length });
  return {
    ...doors,
    tokens,
    ask: store.ask,
    async stop() {
      log('info', 'Stopping');
      // Both may take seconds to let go of a source; together they stay inside the ten that a stop may take.
      await Promise.allSettled([jobs.stop(stop_jobs_within_ms), pipeline.stop()]);
      await opened.closeAll(log);
      log('info', 'Stopped');
    },
  };
}

function dutiesText({ role, jobs }: RunOptions, instances: Instances): string {
  const { collects, stores, judges, serves } = duties[role];
  const count = instances.list().length;
  if (collects && judges) return `Watching ${count} instance(s); ${jobs.length} analytics jobs run`;
  const parts = [
    collects ? `sharing ${count} instance(s) with other collectors` : '',
    stores ? 'storing batches' : '',
    judges ? `${jobs.length} analytics jobs, in one process at a time` : '',
    serves ? 'serving the API' : '',
  ];
  return `Role ${role}: ${parts.filter(Boolean).join('; ')}`;
}

type Doors = Pick<RunningServer, 'api_url' | 'clickhouse_url' | 'preview_url'>;

/** Where this process is asked: everything where it serves, else how it is. */
async function openDoors(parts: Parts, opened: Opened): Promise<Doors> {
  const { options, store, tokens, metrics, started_at } = parts;
  const { config, say, role } = options;
  const { serves } = duties[role];
  const api = await listening('api', serves ? startApi(apiOptions(parts)) : startSelfApi(selfOptions(parts)));
  opened.add('API', () => api.close());
  const api_url = urlOf(config.api.host, api.port);
  if (!serves) {
    say(`Health           ${api_url}/health, /ready, /metrics`);
    return { api_url, clickhouse_url: undefined, preview_url: undefined };
  }
  say(`API              ${api_url}/api/v1  (tokens: ${tokens.generated_path ?? 'as configured'})`);
  const clickhouse_url = await startEndpoint(options, store.store, tokens, metrics, opened);
  const preview_url = await showPreview(options, api_url, clickhouse_url, tokens, opened);
  await writeServerFile(config.data_directory, { pid: process.pid, api_url, started_at: started_at.toISOString() });
  opened.add('server file', () => removeServerFile(config.data_directory));
  return { api_url, clickhouse_url, preview_url };
}

async function makeDataDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const mend = 'Choose a directory this user may write to.';
    throw new ProblemError([
      { where: 'configuration', field: 'data_directory', message: `cannot be made: ${errorText(error)}`, mend },
    ]);
  }
}

/** A store's address may carry a password; a client's error may quote the address. */
function rememberStorePassword({ config, secrets }: RunOptions): void {
  const uri = config.store.uri ?? '';
  if (/^https?:/.test(uri) && URL.canParse(uri)) secrets.remember(decodeURIComponent(new URL(uri).password));
}

export const storeUri = ({ store, data_directory }: Config): string =>
  store.uri ?? `chdb://${pathToFileURL(join(data_directory, 'store')).pathname}`;

interface Parts {
  readonly options: RunOptions;
  readonly store: PreparedStore;
  readonly instances: Instances;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly pipeline: Pipeline;
  readonly what_if: WhatIfConnections;
  readonly jobs: RunningJobs;
  readonly started_at: Date;
}

function selfOptions({ options, store, tokens, metrics, pipeline, jobs }: Parts): SelfOptions {
  const { config, log } = options;
  return { ...config.api, tokens, metrics, log, checks: () => checksOf({ store: store.store, pipeline, jobs }) };
}

function apiOptions(parts: Parts): ApiOptions {
  const { options, store, instances, pipeline, what_if } = parts;
  const { config, engines } = options;
  return {
    ...selfOptions(parts),
    ...store,
    engines,
    instances: pipeline.collector === undefined ? readOnly(instances) : instances,
    collector: pipeline.collector ?? collector_elsewhere,
    forget: (instance_id) => what_if.drop(instance_id),
    check: (instance: InstanceConfig) => checkInstance(instance, engines, instances),
    status: () => ({
      version,
      started_at: parts.started_at.toISOString(),
      instances: instances.list().length,
      outbox_bytes: pipeline.outbox?.size_bytes ?? 0,
      outbox_batches: pipeline.outbox?.pending().length ?? 0,
      jobs: [...parts.jobs.status()],
    }),
    analytics: config.analytics,
    clock: system_clock,
  };
}
