import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithKafka } from './describe-with-kafka.js';
import { liveBrokers } from './live-brokers.js';
import { startKafka } from './start-kafka.js';
import type { Kafka } from './start-kafka.js';

describeWithKafka('a real Kafka cluster of three brokers', () => {
  let directory: string;
  let kafka: Kafka;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-kafka-'));
    kafka = await startKafka({ brokers: 3, directory });
  }, 120_000);
  afterAll(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('loses a broker by kill -9 and has it back after a restart', async () => {
    expect([...(await liveBrokers(kafka.addresses))].sort()).toEqual([1, 2, 3]);
    await kafka.kill(2);
    let live: readonly number[] = [];
    for (let wait = 0; wait < 100 && live.length !== 2; wait += 1) live = await liveBrokers(kafka.addresses);
    expect([...live].sort()).toEqual([1, 3]);
    await kafka.restart(2);
    expect([...(await liveBrokers(kafka.addresses))].sort()).toEqual([1, 2, 3]);
  }, 120_000);
});
