import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@plumbline/clickhouse';
import { createBus, silent_log, startSink } from '@plumbline/collector';
import type { Bus, Sink } from '@plumbline/collector';
import { parseKafkaAddress } from '@plumbline/collector/bus/kafka/address';
import { createTopics } from '@plumbline/collector/bus/kafka/topics';
import { describeWithKafka } from '@plumbline/collector/testing/kafka/describe-with-kafka';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Kafka } from '@plumbline/collector/testing/kafka/start-kafka';
import { seededRandom } from '../../demo/workload.js';
import { startServedStore } from '../served-store.js';
import type { ServedStore } from '../served-store.js';
import { everywhere, SharedInstances } from '../shared-instances.js';

/** Some of the killed are back before their leases lapse, some find everything with the other. */
const lapse_s = 5;
const longest_away_ms = 10_000;
const longest_quiet_ms = 3_000;
const kills = 6;
const collectors = ['ann', 'bob'] as const;
const names = ['shop', 'billing', 'search', 'mail'];

describeWithKafka('collectors that share instances over a real broker', () => {
  let served: ServedStore;
  let kafka: Kafka;
  let bus: Bus;
  let sink: Sink;
  let shared: SharedInstances;
  beforeAll(async () => {
    served = await startServedStore('hand-over-faults');
    await migrate(served.store);
    mkdirSync(join(served.directory, 'kafka'));
    kafka = await startKafka({ brokers: 1, directory: join(served.directory, 'kafka') });
    const bus_uri = `kafka://${kafka.addresses}/${randomUUID()}?gather_ms=50&session_timeout_ms=6000`;
    await createTopics(parseKafkaAddress(bus_uri), { partitions: 3, copies: 1, retention_h: 1 });
    bus = createBus(bus_uri);
    sink = await startSink({ bus, store: served.store, log: silent_log });
    const settings = { bus_uri, delivery_pause_ms: 400, lapse_s, interval_s: 1 };
    shared = new SharedInstances(names, served, settings);
  }, 240_000);
  afterAll(async () => {
    await shared?.close();
    await sink?.stop();
    await bus?.close();
    await kafka?.stop();
    await served?.close();
  }, 60_000);

  async function statesStored(): Promise<number> {
    const sql = 'SELECT uniqExact(instance_id) AS instances FROM reader_states';
    const [row] = await served.store.query<{ instances: string }>(sql);
    return Number(row?.instances);
  }

  it('are killed at any moment with batches on their disks, and come back: every count is in one window', async () => {
    const random = seededRandom(20_261_121);
    for (const collector_id of collectors) shared.start(collector_id);
    // Of one that is killed before its first state is stored nothing can be known: it is read anew, and says so.
    await shared.until('a state of every instance is stored', async () => (await statesStored()) === names.length);
    shared.emit();
    for (let kill = 0; kill < kills; kill += 1) {
      const victim = collectors[Math.floor(random() * collectors.length)] ?? 'ann';
      await sleep(random() * longest_quiet_ms);
      await shared.end(victim, 'SIGKILL');
      await sleep(random() * longest_away_ms);
      shared.start(victim);
    }
    const stored = await shared.settled();
    const { superseded, dead_letters } = sink.status();
    console.info(`${kills} kills: ${JSON.stringify(shared.emitted())} emitted, ${superseded} batches superseded`);
    expect(stored).toEqual(everywhere(shared.emitted()));
    expect(await shared.overlaps()).toEqual([]);
    expect(superseded).toBeGreaterThan(0);
    expect(dead_letters).toBe(0);
  }, 400_000);
});
