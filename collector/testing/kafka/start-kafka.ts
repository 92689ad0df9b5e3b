import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerClassPath } from './broker-jars.js';
import { Broker } from './broker.js';
import { liveBrokers } from './live-brokers.js';

/** A real Apache Kafka cluster on this machine. Brokers are numbered from 1. */
export interface Kafka {
  /** `host:port,host:port` of all brokers. */
  readonly addresses: string;
  /** kill -9. */
  kill(broker: number): Promise<void>;
  /** Resolves when the cluster counts it among its brokers again. */
  restart(broker: number): Promise<void>;
  /** kill -9 for all; the directory is the caller's to remove. */
  stop(): Promise<void>;
}

const ready_within_ms = 150_000;

export async function startKafka(options: { readonly brokers: 1 | 3; readonly directory: string }): Promise<Kafka> {
  const class_path = await brokerClassPath();
  const ports = await freePorts(options.brokers * 2);
  const specs = Array.from({ length: options.brokers }, (_, index) => ({
    id: index + 1,
    port: ports[index * 2] as number,
    controller_port: ports[index * 2 + 1] as number,
    directory: join(options.directory, `broker-${index + 1}`),
  }));
  // One that began with a dash (1 in 64) would be taken for an option.
  const cluster_id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url').replace(/^-/, 'A');
  const brokers = await Promise.all(specs.map((spec) => Broker.prepare(spec, specs, cluster_id, class_path)));
  const addresses = specs.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const find = (id: number): Broker => {
    const broker = brokers.find(({ spec }) => spec.id === id);
    if (broker === undefined) throw new Error(`there is no broker ${id}`);
    return broker;
  };
  for (const broker of brokers) broker.start();
  await untilLive(addresses, brokers);
  return {
    addresses,
    kill: (id) => find(id).kill(),
    async restart(id) {
      find(id).start();
      await untilLive(addresses, brokers);
    },
    async stop() {
      await Promise.all(brokers.map((broker) => broker.kill()));
    },
  };
}

/** Ready: every broker that was started answers for itself in the cluster's metadata. */
async function untilLive(addresses: string, brokers: readonly Broker[]): Promise<void> {
  const wanted = brokers.filter(({ is_running }) => is_running).map(({ spec }) => spec.id);
  const deadline_ms = performance.now() + ready_within_ms;
  for (;;) {
    const live = await liveBrokers(addresses);
    if (wanted.every((id) => live.includes(id))) return;
    const ended = brokers.find(({ spec, is_running }) => wanted.includes(spec.id) && !is_running);
    if (ended !== undefined || performance.now() > deadline_ms) {
      const speaker = ended ?? brokers.find(({ spec }) => !live.includes(spec.id));
      throw new Error(`Kafka broker ${speaker?.spec.id} is not ready; it said:\n${speaker?.lastWords()}`);
    }
    await sleep(200);
  }
}

/** Held open together until all are known, so that no two are alike. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
