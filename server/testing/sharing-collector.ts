import { join } from 'node:path';
import { openStore } from '@plumbline/clickhouse';
import { createBus, openOutbox, silent_log, startCollector, startSink } from '@plumbline/collector';
import type { Collector } from '@plumbline/collector';
import { instanceConfig, plain_tools } from '@plumbline/collector/testing/settings';
import { system_clock } from '@plumbline/contracts';
import { fencedOutbox } from '../leases/fenced-outbox.js';
import { Shards } from '../leases/shards.js';
import { byteEngine } from './byte-engine.js';

/**
 * `sharing-collector.js {settings}`: one collector of several, in a process that can be killed, with a sink of its own in
 * place of Kafka. Prints "read <instance> <bytes>" at each reading and ends in good order at SIGTERM.
 */
export interface SharingSettings {
  readonly collector_id: string;
  readonly directory: string;
  readonly store_url: string;
  readonly lapse_s: number;
  /** Instance → the file that is its source. */
  readonly sources: Readonly<Record<string, string>>;
}

const { collector_id, directory, store_url, lapse_s, sources } = JSON.parse(process.argv[2] ?? '') as SharingSettings;
const engine = byteEngine((instance_id, bytes) => void process.stdout.write(`read ${instance_id} ${bytes}\n`));
const store = await openStore(store_url);
const outbox = await openOutbox(join(directory, collector_id), { max_bytes: 64 * 2 ** 20, log: silent_log });
const bus = createBus('memory:');
const sink = await startSink({ bus, store, log: silent_log });
const instances = Object.entries(sources).map(([name, host]) =>
  instanceConfig({ name, engine: engine.id, host, interval_s: 2 }),
);
const log = (level: string, message: string, fields: object = {}): void =>
  void process.stdout.write(`log ${level} ${message} ${JSON.stringify(fields)}\n`);
const shards = new Shards({ store, outbox, engines: [engine], instances, collector_id, lapse_s, log });
const collector: Collector = startCollector({
  engines: [engine],
  instances: [],
  resolvePassword: async () => '',
  outbox: fencedOutbox(outbox, (instance_id) => shards.isOurs(instance_id)),
  bus,
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
    await sink.stop();
    await outbox.close();
    await store.close();
    process.exit(0);
  })();
});
