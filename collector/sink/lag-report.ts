import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@plumbline/clickhouse';
import { utc } from '@plumbline/contracts';
import type { Bus, LaneLag } from '../bus/bus.js';
import type { Log } from '../log.js';
import { messageOf } from '../message-of.js';

/** How far a sink is behind, for its metrics, and in the table `lane_lags` for dashboards and alerts. */
export interface LagReport {
  /** As last asked; empty while nobody knows. */
  lanes(): readonly LaneLag[];
  stop(): Promise<void>;
}

export interface LagReportOptions {
  readonly bus: Required<Pick<Bus, 'lag'>>;
  readonly store: Store;
  readonly log: Log;
  readonly ask_every_ms?: number;
  readonly write_every_ms?: number;
}

const store_answers_within_ms = 10_000;

/** The brokers are asked as often as metrics are usually scraped; the table has a row per lane and minute. */
export function startLagReport({
  bus,
  store,
  log,
  ask_every_ms = 15_000,
  write_every_ms = 60_000,
}: LagReportOptions): LagReport {
  const stopping = new AbortController();
  let lanes: readonly LaneLag[] = [];
  let written_at_ms = -Infinity;

  async function ask(): Promise<void> {
    try {
      lanes = await bus.lag();
    } catch (error) {
      lanes = [];
      log('debug', 'How far the sink is behind is not known', { error: messageOf(error) });
    }
  }

  async function write(): Promise<void> {
    if (lanes.length === 0 || performance.now() - written_at_ms < write_every_ms) return;
    const observed_at = utc(new Date());
    const ndjson = lanes.map((lane) => JSON.stringify({ ...lane, observed_at })).join('\n');
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(store_answers_within_ms)]);
    try {
      await store.insert('lane_lags', ndjson, { token: randomUUID(), signal });
      written_at_ms = performance.now();
    } catch (error) {
      // The sink itself tells that the store is away.
      log('debug', 'How far the sink is behind could not be written down', { error: messageOf(error) });
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await ask();
      await write();
      await sleep(ask_every_ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    lanes: () => lanes,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
