import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithKafka } from '@plumbline/collector/testing/kafka/describe-with-kafka';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Kafka } from '@plumbline/collector/testing/kafka/start-kafka';
import { runCommand } from '../testing/command.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-topics-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const writeConfig = (bus: string): void =>
  writeFileSync(join(directory, 'plumbline.yml'), `data_directory: ${directory}/data\n${bus}`);
const plumbline = (...args: readonly string[]) =>
  runCommand('topics', ...args, '--config', join(directory, 'plumbline.yml'));

describe('plumbline topics without a broker', () => {
  it.each([
    ['', 3, /bus.uri is memory:: it has no topics/],
    ['bus: {uri: "kafka://127.0.0.1:1"}\n', 4, /no Kafka broker answers at 127.0.0.1:1/],
    ['bus: {uri: "kafka://broker"}\n', 3, /"broker" is not host:port/],
    [
      'bus: {uri: "kafka://127.0.0.1:1", kafka_settings: {sasl.password: secret}}\n',
      3,
      /sasl.password: is not a reference/,
    ],
    [
      'bus: {uri: "kafka://127.0.0.1:1", kafka_settings: {sasl.password: "env:UNSET"}}\n',
      3,
      /variable UNSET is not set/,
    ],
  ])(
    'with %j ends with %i and says why',
    async (bus, code, expected) => {
      writeConfig(bus);
      const ended = await plumbline('describe');
      expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(expected)]);
    },
    30_000,
  );

  it("prints what ClickHouse's own Kafka engine needs, a view for each table", async () => {
    writeConfig('bus: {uri: "kafka://broker:9092/shop"}\n');
    const { code, stdout } = await plumbline('engine-ddl');
    expect(code).toBe(0);
    expect(stdout).toMatch(/kafka_broker_list = 'broker:9092', kafka_topic_list = 'shop\.batches'/);
    expect(stdout).toMatch(/^CREATE MATERIALIZED VIEW IF NOT EXISTS query_deltas_from_kafka TO query_deltas AS$/m);
  }, 30_000);

  it('refuses a number of partitions that is none', async () => {
    const { code, stderr } = await plumbline('create', '--partitions', 'many');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Give a whole number from 1.')]);
  });
});

describeWithKafka('plumbline topics with a broker', () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 1, directory });
    writeConfig(`bus: {uri: "kafka://${kafka.addresses}/shop"}\n`);
  }, 120_000);
  afterAll(() => kafka?.stop());

  it('says which topics are missing, makes them, and describes them with advice on retention', async () => {
    const before = await plumbline('describe', '--copies', '1');
    expect([before.code, before.stdout]).toEqual([1, expect.stringContaining('shop.batches is not there. Make it:')]);
    const sizes = ['--copies', '1', '--partitions', '2', '--retention-hours', '24'];
    const made = await plumbline('create', ...sizes);
    expect([made.code, made.stdout]).toEqual([0, 'shop.batches: made\nshop.dead-letters: made\n']);
    expect((await plumbline('create', ...sizes)).stdout).toContain('shop.batches: was there, left as it is');
    const { code, stdout } = await plumbline('describe', ...sizes);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop\.batches\/1 +1 +1 +0 +0$/m);
    expect(stdout).toContain('  retention.ms=86400000\n');
    expect(stdout).toContain('  message.timestamp.type=LogAppendTime\n');
    expect(stdout).toContain('the longest outage of sinks or store');
    const other = await plumbline('describe', '--copies', '1', '--json');
    expect(JSON.parse(other.stdout).problems).toEqual(['shop.batches has 2 partitions, not 12']);
  }, 60_000);

  it('says when the brokers cannot keep as many copies as asked', async () => {
    writeConfig(`bus: {uri: "kafka://${kafka.addresses}/other"}\n`);
    const { code, stderr } = await plumbline('create', '--copies', '3');
    expect([code, stderr]).toEqual([4, expect.stringMatching(/other\.batches cannot be made: .*replication/i)]);
  }, 30_000);
});
