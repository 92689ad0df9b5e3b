import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

  /** The others tell of a broker that was killed until its session has lapsed. */
  async function liveWithin(limit_ms: number, count: number): Promise<readonly number[]> {
    for (const until = Date.now() + limit_ms; ; await sleep(200)) {
      const live = await liveBrokers(kafka.addresses);
      if (live.length === count || Date.now() > until) return [...live].sort();
    }
  }

  it('loses a broker by kill -9 and has it back after a restart', async () => {
    expect([...(await liveBrokers(kafka.addresses))].sort()).toEqual([1, 2, 3]);
    await kafka.kill(2);
    expect(await liveWithin(60_000, 2)).toEqual([1, 3]);
    await kafka.restart(2);
    expect(await liveWithin(60_000, 3)).toEqual([1, 2, 3]);
  }, 120_000);
});
