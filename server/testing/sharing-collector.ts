import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@plumbline/clickhouse';
import { createBus, openOutbox, silent_log, startCollector } from '@plumbline/collector';
import type { Bus, Collector } from '@plumbline/collector';
import { instanceConfig, plain_tools } from '@plumbline/collector/testing/settings';
import { system_clock } from '@plumbline/contracts';
import { fencedOutbox } from '../leases/fenced-outbox.js';
import { Shards } from '../leases/shards.js';
import { byteEngine } from './byte-engine.js';
import { oneLaneBus } from './one-lane-broker.js';

/**
 * `sharing-collector.js {settings}`: one collector of several, in a process that can be killed. Prints
 * "read <instance> <bytes>" at each reading, "log …" for each line of its log, and ends in good order at SIGTERM.
 */
export interface SharingSettings {
  readonly collector_id: string;
  readonly directory: string;
  readonly store_uri: string;
  /** `kafka://…`, or a OneLaneBroker's. */
  readonly bus_uri: string;
  /** Each batch waits so long at most before it is sent: a killed collector then leaves some in its outbox. */
  readonly delivery_pause_ms: number;
  readonly lapse_s: number;
  readonly interval_s: number;
  /** Instance → the file that is its source. */
  readonly sources: Readonly<Record<string, string>>;
}

const settings = JSON.parse(process.argv[2] ?? '') as SharingSettings;
const { collector_id, directory, lapse_s, interval_s } = settings;
const engine = byteEngine((instance_id, bytes) => void process.stdout.write(`read ${instance_id} ${bytes}\n`));
const store = await openStore(settings.store_uri);
const outbox = await openOutbox(join(directory, collector_id), { max_bytes: 64 * 2 ** 20, log: silent_log });
const bus = settings.bus_uri.startsWith('kafka:')
  ? createBus(settings.bus_uri)
  : oneLaneBus(settings.bus_uri, collector_id);
const slow_bus: Bus = {
  async publish(batch) {
    await sleep(Math.random() * settings.delivery_pause_ms);
    await bus.publish(batch);
  },
  subscribe: (handler) => bus.subscribe(handler),
  close: () => bus.close(),
};
const instances = Object.entries(settings.sources).map(([name, host]) =>
  instanceConfig({ name, engine: engine.id, host, interval_s }),
);
const log = (level: string, message: string, fields: object = {}): void =>
  void process.stdout.write(`log ${level} ${message} ${JSON.stringify(fields)}\n`);
const shards = new Shards({
  ...{ store, outbox, bus, engines: [engine], instances, collector_id, lapse_s, log },
  ship_states: true,
});
const collector: Collector = startCollector({
  engines: [engine],
  instances: [],
  resolvePassword: async () => '',
  outbox: fencedOutbox(outbox, shards),
  bus: slow_bus,
  tools: plain_tools,
  clock: system_clock,
  log: silent_log,
});
shards.start(collector);

process.once('SIGTERM', () => {
  void (async () => {
    await shards.stop(collector);
    await collector.drain(5_000);
    await collector.stop();
    await bus.close();
    await outbox.close();
    await store.close();
    process.exit(0);
  })();
});
