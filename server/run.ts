import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job, JobContext } from '@plumbline/analytics';
import type { AskView, Store } from '@plumbline/clickhouse';
import { openOutbox, startCollector, startSink } from '@plumbline/collector';
import type { Collector, Log, Outbox, Sink } from '@plumbline/collector';
import { ProblemError, system_clock } from '@plumbline/contracts';
import type { Action, Engine, InstanceConfig } from '@plumbline/contracts';
import { FeatureExtractor } from '@plumbline/sql';
import { startApi } from './api/app.js';
import type { ApiOptions, Check } from './api/options.js';
import { checkInstance } from './checkups.js';
import { openBus } from './bus.js';
import { collectTools } from './collect-tools.js';
import type { Config } from './config/schema.js';
import { openInstances } from './credentials/instances.js';
import type { Instances } from './credentials/instances.js';
import type { ReferenceSource } from './credentials/reference.js';
import type { Secrets } from './credentials/secrets.js';
import { openTokens } from './credentials/tokens.js';
import type { Tokens } from './credentials/tokens.js';
import { startJobs } from './jobs.js';
import type { RunningJobs } from './jobs.js';
import { errorText } from './logging.js';
import { createMetrics } from './metrics/metrics.js';
import type { Metrics } from './metrics/metrics.js';
import { listening, showPreview, startEndpoint, urlOf } from './doors.js';
import { createOpened } from './opened.js';
import type { Opened } from './opened.js';
import { removeServerFile, writeServerFile } from './server-file.js';
import { openPreparedStore } from './store.js';
import type { PreparedStore } from './store.js';
import { version } from './version.js';
import { openWhatIfConnections } from './what-if.js';
import type { WhatIfConnections } from './what-if.js';

export interface RunOptions {
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

/** Everything in one process. @throws ProblemError for what the configuration asks and cannot be had; nothing stays open. */
export async function runServer(options: RunOptions): Promise<RunningServer> {
  const opened = createOpened();
  try {
    return await startAll(options, opened);
  } catch (error) {
    await opened.closeAll(options.log);
    throw error;
  }
}

const stop_jobs_within_ms = 5_000;

async function startAll(options: RunOptions, opened: Opened): Promise<RunningServer> {
  const { config, engines, log, say } = options;
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
  const jobs = startJobs(options.jobs, jobContext(options, store, what_if), metrics);
  opened.add('jobs', () => jobs.stop(stop_jobs_within_ms));
  say(`Watching ${instances.list().length} instance(s); ${options.jobs.length} analytics jobs run`);

  const started_at = new Date();
  const parts = { options, store, instances, tokens, metrics, pipeline, what_if, jobs, started_at };
  const api = await listening('api', startApi(apiOptions(parts)));
  opened.add('API', () => api.close());
  const api_url = urlOf(config.api.host, api.port);
  say(`API              ${api_url}/api/v1  (tokens: ${tokens.generated_path ?? 'as configured'})`);
  const clickhouse_url = await startEndpoint(options, store.store, tokens, metrics, opened);
  const preview_url = await showPreview(options, api_url, clickhouse_url, tokens, opened);

  await writeServerFile(config.data_directory, { pid: process.pid, api_url, started_at: started_at.toISOString() });
  opened.add('server file', () => removeServerFile(config.data_directory));
  log('info', 'Started', { version, api_url, clickhouse_url, preview_url, instances: instances.list().length });
  return {
    api_url,
    clickhouse_url,
    preview_url,
    tokens,
    ask: store.ask,
    async stop() {
      log('info', 'Stopping');
      // Both may take seconds to let go of a source; together they stay inside the ten that a stop may take.
      await Promise.allSettled([jobs.stop(stop_jobs_within_ms), pipeline.collector.stop()]);
      await opened.closeAll(log);
      log('info', 'Stopped');
    },
  };
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

interface Pipeline {
  readonly outbox: Outbox;
  readonly sink: Sink;
  readonly collector: Collector;
}

async function startPipeline(
  { config, engines, log, source }: RunOptions,
  store: Store,
  instances: Instances,
  metrics: Metrics,
  opened: Opened,
): Promise<Pipeline> {
  const outbox = await openOutbox(join(config.data_directory, 'outbox'), { max_bytes: config.outbox.max_bytes, log });
  opened.add('outbox', () => outbox.close());
  const bus = await openBus(config, source, log);
  opened.add('bus', () => bus.close());
  const sink = await startSink({ bus, store, log });
  opened.add('sink', () => sink.stop());
  const extractor = new FeatureExtractor();
  opened.add('feature extractor', () => extractor.close());
  const collector = startCollector({
    engines,
    instances: instances.list(),
    resolvePassword: (instance) => instances.password(instance),
    outbox,
    bus,
    tools: collectTools(extractor),
    clock: system_clock,
    log,
    onStatus: metrics.reading,
  });
  opened.add('collector', () => collector.stop());
  metrics.readFrom({
    outbox: () => ({ size_bytes: outbox.size_bytes, batches: outbox.pending().length }),
    sink: () => sink.status(),
  });
  return { outbox, sink, collector };
}

function jobContext(
  { config, engines, log }: RunOptions,
  store: PreparedStore,
  what_if: WhatIfConnections,
): JobContext {
  return {
    store: store.store,
    ask: store.ask,
    clock: system_clock,
    settings: config.analytics,
    whatIf: what_if.whatIf,
    render(engine_id: string, action: Action) {
      const engine = engines.find(({ id }) => id === engine_id);
      if (engine === undefined) throw new Error(`no engine ${engine_id} can render an action`);
      return engine.render(action);
    },
    log,
  };
}

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

function apiOptions(parts: Parts): ApiOptions {
  const { options, store, instances, tokens, metrics, pipeline, what_if } = parts;
  const { config, engines, log } = options;
  return {
    ...config.api,
    tokens,
    ...store,
    engines,
    instances,
    collector: pipeline.collector,
    forget: (instance_id) => what_if.drop(instance_id),
    check: (instance: InstanceConfig) => checkInstance(instance, engines, instances),
    status: () => ({
      version,
      started_at: parts.started_at.toISOString(),
      instances: instances.list().length,
      outbox_bytes: pipeline.outbox.size_bytes,
      outbox_batches: pipeline.outbox.pending().length,
      jobs: [...parts.jobs.status()],
    }),
    checks: () => checksOf(parts),
    analytics: config.analytics,
    metrics,
    clock: system_clock,
    log,
  };
}

const store_answers_within_ms = 3_000;

async function checksOf({ store, pipeline, jobs }: Parts): Promise<readonly Check[]> {
  const check = (name: string, message: string): Check => ({
    name,
    status: message === '' ? 'ok' : 'failing',
    message,
  });
  const failed = jobs.status().filter(({ last_state }) => last_state === 'failed');
  return [
    check('store', await storeFailure(store.store)),
    // Texts of the store or a broker may name hosts and users: without a token only the fact is told.
    check(
      'delivery',
      pipeline.collector.status().delivery_error === '' ? '' : 'batches wait in the outbox: see the log',
    ),
    check('jobs', failed.length === 0 ? '' : `failed: ${failed.map(({ name }) => name).join(', ')}`),
  ];
}

async function storeFailure(store: Store): Promise<string> {
  try {
    await store.query('SELECT 1', { signal: AbortSignal.timeout(store_answers_within_ms) });
    return '';
  } catch {
    return 'does not answer';
  }
}
