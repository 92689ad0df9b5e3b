import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createViews, migrate, openStore, StoreError } from '@plumbline/clickhouse';
import type { InsertOptions, StatementOptions, Store } from '@plumbline/clickhouse';
import type { Batch } from '@plumbline/contracts';
import { createBus, type Bus, type LaneLag } from '../bus/bus.js';
import { parseKafkaAddress, type KafkaAddress } from '../bus/kafka/address.js';
import { createTopics, describeTopics } from '../bus/kafka/topics.js';
import { silent_log } from '../log.js';
import { minuteBatch } from '../testing/batches.js';
import { describeWithKafka } from '../testing/kafka/describe-with-kafka.js';
import { startKafka } from '../testing/kafka/start-kafka.js';
import type { Kafka } from '../testing/kafka/start-kafka.js';
import { commitOffset, deleteTopic, produceBytes, readAll } from '../testing/kafka/topic-tools.js';
import { everywhere, storeSums } from '../testing/store-sums.js';
import { startLagReport } from './lag-report.js';
import { startSink, type Sink } from './sink.js';

interface Letter {
  readonly batch_id: string;
  readonly target_table: string;
  readonly reason: string;
  readonly raw: string;
  readonly encoding: string;
  readonly lane: string;
  readonly message_offset: string;
}

/** A store that does not answer the sink's questions at first. */
class AwayStore implements Store {
  is_away = true;

  constructor(readonly behind: Store) {}

  query<Row>(sql: string, options?: StatementOptions): Promise<readonly Row[]> {
    return this.is_away ? Promise.reject(new StoreError('ECONNREFUSED')) : this.behind.query(sql, options);
  }
  command(sql: string, options?: StatementOptions): Promise<void> {
    return this.behind.command(sql, options);
  }
  insert(table: string, ndjson: string, options: InsertOptions): Promise<void> {
    return this.behind.insert(table, ndjson, options);
  }
  async close(): Promise<void> {}
}

describeWithKafka('the sink behind a real broker', () => {
  let directory: string;
  let kafka: Kafka;
  let store: Store;
  let uri: string;
  let address: KafkaAddress;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-kafka-sink-'));
    kafka = await startKafka({ brokers: 1, directory });
    store = await openStore(`chdb://${directory}/store`);
    await migrate(store);
    await createViews(store);
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const table of [
      'query_deltas',
      'query_hourly',
      'query_daily',
      'dead_letters',
      'stored_batches',
      'sink_intents',
      'lane_lags',
    ])
      await store.command(`TRUNCATE TABLE ${table}`);
    uri = `kafka://${kafka.addresses}/${randomUUID()}?gather_ms=0&session_timeout_ms=6000`;
    address = parseKafkaAddress(uri);
    await createTopics(address, { partitions: 1, copies: 1, retention_h: 1 });
  });

  async function publish(...batches: readonly Batch[]): Promise<void> {
    const bus = createBus(uri);
    for (const batch of batches) await bus.publish(batch);
    await bus.close();
  }

  async function withSink<Result>(act: (sink: Sink, bus: Bus) => Promise<Result>, on: Store = store): Promise<Result> {
    const bus = createBus(uri);
    const sink = await startSink({ bus, store: on, log: silent_log });
    try {
      return await act(sink, bus);
    } finally {
      await sink.stop();
      await bus.close();
    }
  }

  /** Until everything in the topic is committed. */
  async function drained(): Promise<void> {
    for (;;) {
      const [batches] = (await describeTopics(address)).filter(({ name }) => name === address.topics.batches);
      const { committed_offset, next_offset } = batches?.partitions[0] ?? {};
      if (next_offset !== undefined && committed_offset === next_offset) return;
      await sleep(100);
    }
  }

  const batchesOf = (numbers: readonly number[]) => Promise.all(numbers.map((number) => minuteBatch(number)));
  const emitted = (count: number) =>
    everywhere({
      windows: String(count * 3),
      calls: String(count * 21),
      total_time_us: String(BigInt(count * 21) * 10n ** 15n),
    });
  const letters = () =>
    store.query<Letter>(
      'SELECT batch_id, target_table, reason, raw, encoding, lane, message_offset FROM dead_letters ORDER BY message_offset',
    );

  it('counts a batch once that its collector sent twice', async () => {
    const batches = await batchesOf([0, 1, 2]);
    await publish(...batches, ...batches);
    await withSink(drained);
    await publish(...batches);
    await withSink(drained);
    expect(await storeSums(store)).toEqual(emitted(3));
  });

  it('counts nothing twice when the topic is rewound', async () => {
    await publish(...(await batchesOf([0, 1, 2])));
    await withSink(drained);
    await commitOffset(address, 0);
    await publish(...(await batchesOf([3])));
    await withSink(drained);
    expect(await storeSums(store)).toEqual(emitted(4));
  });

  it('stores what a topic brings that was deleted and made anew, though its offsets are old ones', async () => {
    await publish(...(await batchesOf([0, 1, 2])));
    await withSink(drained);
    await deleteTopic(address, address.topics.batches);
    for (let wait = 0; (await describeTopics(address)).length > 1 && wait < 100; wait += 1) await sleep(100);
    await createTopics(address, { partitions: 1, copies: 1, retention_h: 1 });
    await publish(...(await batchesOf([3, 4])));
    await withSink(async () => {
      for (let wait = 0; (await storeSums(store)).query_deltas.windows !== '15' && wait < 100; wait += 1)
        await sleep(100);
    });
    expect(await storeSums(store)).toEqual(emitted(5));
  });

  it('puts poison aside with reason, offset and bytes, in the table and the topic, and stores the rest', async () => {
    const [good, poison] = (await batchesOf([0, 1])) as [Batch, Batch];
    const tables = poison.tables.map((part) => ({
      ...part,
      ndjson: part.ndjson.replace('"calls":"7"', '"calls":"seven"'),
    }));
    const next_schema = { ...good, schema_version: 2, compressed_rows: 'eJw=' };
    const bytes = [
      Buffer.from([0xff, 0x00, 0x0a, 0x0a]),
      Buffer.from('{"half":'),
      Buffer.from(JSON.stringify(next_schema)),
      Buffer.from(JSON.stringify({ ...poison, tables })),
      Buffer.from(JSON.stringify(good)),
      Buffer.alloc(0),
    ];
    await produceBytes(
      address,
      bytes.map((one) => ({ partition: 0, bytes: one })),
    );
    await withSink(drained);
    expect(await storeSums(store)).toEqual(emitted(1));
    const lane = `${address.topics.batches}/0`;
    const found = await letters();
    expect(found).toEqual([
      expect.objectContaining({ lane, message_offset: '0', encoding: 'base64', raw: '/wAKCg==', target_table: '' }),
      expect.objectContaining({ lane, message_offset: '1', encoding: 'text', raw: '{"half":', target_table: '' }),
      expect.objectContaining({ message_offset: '2', batch_id: good.batch_id, raw: JSON.stringify(next_schema) }),
      expect.objectContaining({ message_offset: '3', batch_id: poison.batch_id, target_table: 'query_deltas' }),
      expect.objectContaining({ message_offset: '5', encoding: 'text', raw: '' }),
    ]);
    expect(found.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('4 bytes that are not JSON'),
      expect.stringContaining('8 bytes that are not JSON'),
      'schema version 2 is newer; this sink knows 1. Upgrade the sinks, then replay this letter',
      expect.stringMatching(/Code: \d+|parse/i),
      expect.stringContaining('0 bytes that are not JSON'),
    ]);
    const copies = await readAll(kafka.addresses, address.topics.dead_letters, 5);
    expect(copies.map(({ value }) => value?.toString('base64')).sort()).toContain('/wAKCg==');
    expect(copies[0]?.headers?.map((header) => Object.keys(header)[0])).toEqual(['reason', 'lane', 'offset']);
  });

  it('buries each poison message once, however often the topic is rewound', async () => {
    await produceBytes(address, [{ partition: 0, bytes: Buffer.from('nonsense') }]);
    await withSink(drained);
    await commitOffset(address, 0);
    await withSink(drained);
    expect(await letters()).toHaveLength(1);
  });

  it('tells how far it is behind while the store is away, to metrics and alerts, and that it has caught up', async () => {
    const away = new AwayStore(store);
    await publish(...(await batchesOf([0, 1, 2])));
    await withSink(async (_sink, { lag = async () => [] }) => {
      const report = startLagReport({ bus: { lag }, store, log: silent_log, ask_every_ms: 50, write_every_ms: 50 });
      const until = async (isSo: (lane: LaneLag) => boolean): Promise<LaneLag> => {
        for (;;) {
          const found = report.lanes().find(isSo);
          if (found !== undefined) return found;
          await sleep(20);
        }
      };
      const behind = await until(({ lag_messages, lag_s }) => lag_messages === 3 && lag_s > 1);
      expect(behind.lane).toBe(`${address.topics.batches}/0`);
      away.is_away = false;
      expect(await until(({ lag_messages, lag_s }) => lag_messages === 0 && lag_s === 0)).toBeDefined();
      await report.stop();
    }, away);
    const [told] = await store.query<{ most: string }>('SELECT toString(max(lag_messages)) AS most FROM lane_lags');
    expect(told?.most).toBe('3');
    await store.command('DELETE FROM lane_lags WHERE lag_messages = 0');
    const [alert] = await store.query<{ lane: string; value: number }>('SELECT lane, value FROM alert_lanes');
    expect(alert?.lane).toBe(`${address.topics.batches}/0`);
    expect(alert?.value).toBeGreaterThan(0);
  });

  it('keeps a bounded amount in memory while the store is away, keeps its lanes, and stores everything afterwards', async () => {
    const away = new AwayStore(store);
    const template = 'SELECT '.padEnd(3 * 2 ** 20, 'x');
    const large = (await batchesOf(Array.from({ length: 100 }, (_, number) => number))).map((batch, number) => {
      const row = JSON.stringify({ query_hash: String(number), template, batch_id: batch.batch_id });
      return { ...batch, tables: [{ table: 'queries', row_count: 1, ndjson: row }] };
    });
    await publish(...large);
    const before_bytes = process.memoryUsage().arrayBuffers;
    await withSink(async (sink) => {
      await sleep(8_000); // longer than the session may be silent
      expect(sink.status().store_error).toContain('ECONNREFUSED');
      expect(process.memoryUsage().arrayBuffers - before_bytes).toBeLessThan(190 * 2 ** 20);
      away.is_away = false;
      await drained();
    }, away);
    const [stored] = await store.query<{ queries: string }>(
      'SELECT toString(uniqExact(query_hash)) AS queries FROM queries',
    );
    expect(stored?.queries).toBe('100');
  }, 90_000);
});
