import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Batch } from '@plumbline/contracts';
import { minuteBatch } from '../../testing/batches.js';
import { describeWithKafka } from '../../testing/kafka/describe-with-kafka.js';
import { startKafka } from '../../testing/kafka/start-kafka.js';
import type { Kafka } from '../../testing/kafka/start-kafka.js';
import { batchOf, describeBus } from '../bus.contract.js';
import { createBus } from '../bus.js';
import type { Arrival } from '../bus.js';
import { parseKafkaAddress } from './address.js';
import { createTopics, describeTopics, planTopics } from './topics.js';

const sizes = { partitions: 2, copies: 1, retention_h: 168 };

describeWithKafka('the Kafka bus on a real broker', () => {
  let directory: string;
  let kafka: Kafka;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-kafka-bus-'));
    kafka = await startKafka({ brokers: 1, directory });
  }, 120_000);
  afterAll(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const addressOf = (prefix: string) => `kafka://${kafka.addresses}/${prefix}?gather_ms=0&session_timeout_ms=6000`;
  async function preparedUri(): Promise<string> {
    const uri = addressOf(randomUUID());
    await createTopics(parseKafkaAddress(uri), sizes);
    return uri;
  }

  describeBus('kafka:', async () => {
    const uri = await preparedUri();
    return { open: async () => createBus(uri), publish_means: 'kept' };
  });

  test('topics are made as planned, once, and described with what lies in them', async () => {
    const address = parseKafkaAddress(addressOf(randomUUID()));
    expect(await describeTopics(address)).toEqual([]);
    const names = planTopics(address, sizes).map(({ name }) => name);
    expect(await createTopics(address, sizes)).toEqual(names);
    expect(await createTopics(address, sizes)).toEqual([]);
    const states = await describeTopics(address);
    expect(states.map(({ name, partitions }) => [name, partitions.length]).sort()).toEqual([
      [address.topics.batches, 2],
      [address.topics.dead_letters, 1],
    ]);
    expect(states[0]?.partitions[0]).toEqual({
      partition: 0,
      leader: 1,
      replicas: [1],
      in_sync: [1],
      first_offset: 0,
      next_offset: 0,
      committed_offset: undefined,
    });
  });

  test('a topic that is not there refuses with the command that makes it', async () => {
    const bus = createBus(addressOf(randomUUID()));
    await expect(bus.publish(await minuteBatch(0))).rejects.toThrow('plumbline topics create');
    await bus.close();
  });

  test('a batch larger than a message arrives as pieces with the same rows', async () => {
    const bus = createBus(await preparedUri());
    const batch = await minuteBatch(0, 12_000);
    const taken: Batch[] = [];
    await bus.subscribe(async (arrivals) => taken.push(...arrivals.map(batchOf)) && arrivals.length);
    await bus.publish(batch);
    while (taken.length < 3) await sleep(5);
    expect(taken.map(({ batch_id }) => batch_id)).toEqual([1, 2, 3].map((piece) => `${batch.batch_id}#${piece}/3`));
    expect(taken.flatMap(({ tables }) => tables.map(({ ndjson }) => ndjson)).join('\n')).toBe(batch.tables[0]?.ndjson);
    await bus.close();
  });

  test('a row that no message can carry arrives as its beginning with the reason, the others whole', async () => {
    const bus = createBus(await preparedUri());
    const batch = await minuteBatch(0, 2);
    const large = JSON.stringify({ query_text: 'x'.repeat(17 * 2 ** 20) });
    const arrived: Arrival[] = [];
    await bus.subscribe(async (arrivals) => arrived.push(...arrivals) && arrivals.length);
    await bus.publish({ ...batch, tables: [...batch.tables, { table: 'queries', row_count: 1, ndjson: large }] });
    while (arrived.length < 2) await sleep(5);
    expect(batchOf(arrived[0] as Arrival).tables).toEqual(batch.tables);
    expect(arrived[1]?.refusal).toMatch(/a row of queries of 178\d+ bytes/);
    expect(large.startsWith((arrived[1]?.content as Buffer).toString())).toBe(true);
    await bus.close();
  });

  test('what the handler did not take from the front is handed over again with what came after', async () => {
    const bus = createBus(await preparedUri());
    const counts: number[] = [];
    let seen = 0;
    await bus.subscribe(async (arrivals) => {
      counts.push(arrivals.length);
      if (arrivals.length < 3 && seen === 0) return 0;
      seen += 2;
      return 2;
    });
    for (const number of [0, 1, 2, 3]) await bus.publish(await minuteBatch(number));
    while (seen < 4) await sleep(5);
    expect(counts.slice(0, -1).every((count, index) => index === 0 || count > (counts[index - 1] ?? 0))).toBe(true);
    await bus.close();
  });

  test('batches published while the broker is away are refused, or kept and not lost', async () => {
    const uri = await preparedUri();
    const bus = createBus(uri);
    await bus.publish(await minuteBatch(0));
    await kafka.kill(1);
    let is_settled = false;
    const publishing = bus.publish(await minuteBatch(1)).finally(() => (is_settled = true));
    await sleep(500);
    expect(is_settled).toBe(false);
    await kafka.restart(1);
    await publishing;
    await bus.close();
    const [batches] = await describeTopics(parseKafkaAddress(uri));
    expect(batches?.partitions.reduce((sum, { next_offset }) => sum + next_offset, 0)).toBe(2);
  }, 90_000);
});
