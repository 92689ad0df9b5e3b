import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { minuteBatch } from '../../testing/batches.js';
import { freePort, startStore, type StoreServer } from '../../testing/faults/store-process.js';
import { describeWithKafka } from '../../testing/kafka/describe-with-kafka.js';
import { startKafka, type Kafka } from '../../testing/kafka/start-kafka.js';
import { produceBytes } from '../../testing/kafka/topic-tools.js';
import { everywhere, storeSums } from '../../testing/store-sums.js';
import { createBus } from '../bus.js';
import { parseKafkaAddress } from './address.js';
import { engineDdl, tableColumns } from './engine-ddl.js';
import { createTopics } from './topics.js';

describeWithKafka('the Kafka table engine', () => {
  let directory: string;
  let kafka: Kafka;
  /** A process of its own: an engine that was opened after another was closed has no Kafka (chdb 3.4.0). */
  let server: StoreServer;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-kafka-engine-'));
    kafka = await startKafka({ brokers: 1, directory });
    server = await startStore(`${directory}/store`, await freePort());
  }, 180_000);
  afterAll(async () => {
    await server?.child.end('SIGKILL');
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads the same batches into raw and rollups, and puts aside what is none', async () => {
    const { store } = server;
    const uri = `kafka://${kafka.addresses}/engine`;
    const address = parseKafkaAddress(uri);
    await createTopics(address, { partitions: 1, copies: 1, retention_h: 1 });
    const tables = await tableColumns(store);
    for (const statement of engineDdl(address, tables)) await store.command(statement);
    const bus = createBus(uri);
    for (const number of [0, 1, 2]) await bus.publish(await minuteBatch(number));
    await bus.close();
    await produceBytes(address, [{ partition: 0, bytes: Buffer.from('not a batch') }]);

    const letters = (): Promise<readonly { raw: string; message_offset: string }[]> =>
      store.query('SELECT raw, message_offset FROM dead_letters');
    while ((await storeSums(store)).query_daily.windows !== '9' || (await letters()).length < 1) await sleep(200);
    const sums = { windows: '9', calls: '63', total_time_us: String(63n * 10n ** 15n) };
    expect(await storeSums(store)).toEqual(everywhere(sums));
    expect(await letters()).toEqual([{ raw: 'not a batch', message_offset: '3' }]);
    const [row] = await store.query(
      'SELECT instance_id, toString(window_start) AS start, bucket_upper_us, percentile_origin, max_time_us, min_time_us, flags FROM query_deltas LIMIT 1',
    );
    expect(row).toEqual({
      instance_id: 'shop',
      start: expect.stringMatching(/^2026-11-21 06:0/) as unknown as string,
      bucket_upper_us: [10, 20],
      percentile_origin: 'histogram',
      max_time_us: 5,
      min_time_us: null,
      flags: [],
    });
    for (const { table } of tables) await store.command(`DROP VIEW ${table}_from_kafka`);
    await store.command('DROP VIEW dead_letters_from_kafka');
    await store.command('DROP TABLE kafka_batches');
  }, 90_000);
});
