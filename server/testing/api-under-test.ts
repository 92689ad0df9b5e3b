import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles, system_clock } from '@plumbline/contracts';
import type { InstanceConfig, Role } from '@plumbline/contracts';
import { startApi } from '../api/app.js';
import type { ApiOptions } from '../api/options.js';
import { loadConfig } from '../config/load.js';
import { openInstances } from '../credentials/instances.js';
import { createSecrets } from '../credentials/secrets.js';
import { openTokens } from '../credentials/tokens.js';
import { createLog } from '../logging.js';
import { send } from './http-client.js';
import type { Answer, Exchange } from './http-client.js';
import { createMetrics } from '../metrics/metrics.js';
import { openPreparedStore } from '../store.js';
import type { PreparedStore } from '../store.js';

/** The API over a real embedded store; only the collector is a list of what it was asked to do. */
export interface ApiUnderTest {
  readonly store: PreparedStore;
  readonly directory: string;
  readonly port: number;
  /** What the collector was told, e.g. "add shop". */
  readonly collected: string[];
  /** Every line the log wrote. */
  readonly log_lines: string[];
  readonly tokenOf: (role: Role) => string;
  ask(role: Role | 'nobody', exchange: Exchange): Promise<Answer>;
  close(): Promise<void>;
}

export const test_engine = { id: 'postgresql', label: 'PostgreSQL', url_schemes: ['postgresql'], default_port: 5432 };

export async function openApiUnderTest(overrides: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-api-'));
  const log_lines: string[] = [];
  const secrets = createSecrets();
  const log = createLog('debug', secrets, (line) => void log_lines.push(line));
  const source = {
    environment: { PLUMBLINE_KEY: Buffer.alloc(32, 7).toString('base64') },
    working_directory: directory,
  };
  const { config } = loadConfig({ ...source, environment: {}, engines: [test_engine] });
  const tokens = await openTokens(config, source, secrets);
  const instances = await openInstances({ config, engines: [test_engine], passwords: new Map(), source, secrets });
  const store = await openPreparedStore(`chdb://${join(directory, 'store')}`, () => undefined, log);
  const collected: string[] = [];
  const api = await startApi({
    ...config.api,
    port: 0,
    max_requests_per_minute: 1_000_000,
    tokens,
    ...store,
    engines: [test_engine],
    instances,
    collector: recordingCollector(collected),
    forget: async (instance_id) => void collected.push(`forget ${instance_id}`),
    check: async () => [{ aspect: 'connection', state: 'ok', message: '', fix: '' }],
    status: () => ({
      version: '0',
      started_at: new Date(0).toISOString(),
      instances: 0,
      outbox_bytes: 0,
      outbox_batches: 0,
      jobs: [],
    }),
    checks: async () => [{ name: 'store', status: 'ok', message: '' }],
    analytics: config.analytics,
    metrics: createMetrics(),
    clock: system_clock,
    log,
    ...overrides,
  });
  const tokenOf = (role: Role): string => tokens.tokenOf(role) ?? '';
  return {
    store,
    directory,
    port: api.port,
    collected,
    log_lines,
    tokenOf,
    ask: (role, { headers, ...exchange }) =>
      send(api.port, {
        ...exchange,
        headers: { ...(role === 'nobody' ? {} : { authorization: `Bearer ${tokenOf(role)}` }), ...headers },
      }),
    async close() {
      await api.close();
      await store.store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const recordingCollector = (calls: string[]): ApiOptions['collector'] => ({
  add: (config: InstanceConfig) => void calls.push(`add ${config.name}`),
  update: async (config: InstanceConfig) => void calls.push(`update ${config.name}`),
  remove: async (name: string) => void calls.push(`remove ${name}`),
  collectNow: async (name: string) => {
    calls.push(`collect ${name}`);
    return [];
  },
});

export const all_callers = ['nobody', ...roles] as const;
