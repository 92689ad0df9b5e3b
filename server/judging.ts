import type { JobContext } from '@plumbline/analytics';
import { system_clock } from '@plumbline/contracts';
import type { Action, Engine } from '@plumbline/contracts';
import { startJobs } from './jobs.js';
import type { RunningJobs } from './jobs.js';
import { startJudgeLease } from './leases/judge-lease.js';
import type { Metrics } from './metrics/metrics.js';
import type { Opened } from './opened.js';
import { duties, isServer } from './roles.js';
import type { RunOptions } from './run.js';
import type { PreparedStore } from './store.js';
import type { WhatIfConnections } from './what-if.js';

export const stop_jobs_within_ms = 5_000;

const no_jobs: RunningJobs = { status: () => [], stop: async () => undefined };

/** The analytics jobs where this process judges; on a store that others may share, only while it has the lease. */
export function startJudging(
  options: RunOptions,
  store: PreparedStore,
  what_if: WhatIfConnections,
  metrics: Metrics,
  opened: Opened,
): RunningJobs {
  const { config, log, role } = options;
  if (!duties[role].judges) return no_jobs;
  const lease = isServer(config) ? startJudgeLease(store.store, config.leases.lapse_s, log) : undefined;
  if (lease !== undefined) opened.add('analytics lease', () => lease.stop());
  const context = jobContext(options, { ...store, store: lease?.store ?? store.store }, what_if);
  const jobs = startJobs(options.jobs, context, metrics, lease?.turn);
  opened.add('jobs', () => jobs.stop(stop_jobs_within_ms));
  return jobs;
}

function jobContext(
  { config, engines, log }: RunOptions,
  { store, ask }: Pick<PreparedStore, 'store' | 'ask'>,
  what_if: WhatIfConnections,
): JobContext {
  return {
    store,
    ask,
    clock: system_clock,
    settings: config.analytics,
    whatIf: what_if.whatIf,
    render: rendererOf(engines),
    log,
  };
}

export const rendererOf =
  (engines: readonly Engine[]): JobContext['render'] =>
  (engine_id: string, action: Action) => {
    const engine = engines.find(({ id }) => id === engine_id);
    if (engine === undefined) throw new Error(`no engine ${engine_id} can render an action`);
    return engine.render(action);
  };
