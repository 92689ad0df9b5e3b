/**
 * The scaled-out road in one process on one real broker: outbox → Kafka → sink → materialized views. Beside it, within
 * one run and alternating: the embedded road (memory: instead of Kafka), and the same bytes with nothing of ours around
 * them (node-rdkafka as it is, chdb's own call, the same table and views). Then the age of a row when it can be read, at
 * a steady trickle, and the memory of all that. Needs Java 17 and Maven for the broker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'chdb';
import rdkafka from 'node-rdkafka';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { createBus, openOutbox, silent_log, startSink } from '@plumbline/collector';
import type { Bus } from '@plumbline/collector';
import { parseKafkaAddress } from '@plumbline/collector/bus/kafka/address';
import { createTopics } from '@plumbline/collector/bus/kafka/topics';
import { startDelivery } from '@plumbline/collector/delivery';
import { minuteBatch } from '@plumbline/collector/testing/batches';
import { missingForKafka } from '@plumbline/collector/testing/kafka/broker-jars';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Kafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Batch } from '@plumbline/contracts';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const rows_per_batch = 5_000;
const batches_per_round = 12;
const rounds = 5;
const target_share = 0.7;
const trickle = { batches: 120, rows: 200, every_ms: 250 };
const mib = 2 ** 20;

interface Site {
  readonly directory: string;
  readonly store: Store;
  readonly engine: Session;
  readonly kafka: Kafka;
}

/** Batches that no road has carried before, so that none is a repeat. */
function batchSource(): (count: number, rows: number) => Promise<readonly Batch[]> {
  let number = 0;
  return (count, rows) => Promise.all(Array.from({ length: count }, () => minuteBatch(number++, rows)));
}

async function rowsStored(store: Store): Promise<number> {
  const [row] = await store.query<{ rows: string }>('SELECT count() AS rows FROM query_deltas');
  return Number(row?.rows);
}

async function untilStored(store: Store, rows: number): Promise<void> {
  while ((await rowsStored(store)) < rows) await sleep(10);
}

/** Rows per second from the first append to the outbox until the last row can be read. */
async function throughOutbox({ directory, store }: Site, bus: Bus, batches: readonly Batch[]): Promise<number> {
  const before = await rowsStored(store);
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 2 ** 30, log: silent_log });
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  const rows = batches.reduce((sum, { tables }) => sum + (tables[0]?.row_count ?? 0), 0);
  const began_ms = performance.now();
  for (const batch of batches) {
    await outbox.append({ batch });
    delivery.wake();
  }
  await untilStored(store, before + rows);
  const elapsed_s = (performance.now() - began_ms) / 1_000;
  while (outbox.pending().length > 0) await sleep(5);
  await delivery.stop();
  await outbox.close();
  return rows / elapsed_s;
}

const connected = <Client extends rdkafka.Producer | rdkafka.KafkaConsumer>(client: Client): Promise<Client> =>
  new Promise((resolve, reject) =>
    client.connect({}, (error) => (error ? reject(new Error(error.message)) : resolve(client))),
  );

/** The client's own example code: produce, consume, insert, with nothing that makes it safe. */
async function plainRoad({ kafka, engine }: Site, topic: string) {
  const brokers = { 'metadata.broker.list': kafka.addresses };
  const producer = await connected(
    new rdkafka.Producer({ ...brokers, 'compression.codec': 'lz4', 'message.max.bytes': 16 * mib }),
  );
  const consumer = await connected(
    new rdkafka.KafkaConsumer(
      { ...brokers, 'group.id': topic, 'fetch.message.max.bytes': 16 * mib },
      { 'auto.offset.reset': 'earliest' },
    ),
  );
  consumer.setDefaultConsumeTimeout(10);
  consumer.assign([{ topic, partition: 0, offset: 0 }]);
  const next = (): Promise<readonly rdkafka.Message[]> =>
    new Promise((resolve, reject) =>
      consumer.consume(1, (error, messages) => (error ? reject(new Error(error.message)) : resolve(messages))),
    );
  return {
    async rate(batches: readonly Batch[]): Promise<number> {
      const began_ms = performance.now();
      for (const { tables } of batches) producer.produce(topic, 0, Buffer.from(tables[0]?.ndjson ?? ''));
      for (let left = batches.length; left > 0;) {
        for (const { value } of await next()) {
          await engine.insert({ table: 'plumbline.query_deltas', values: value as Buffer, format: 'JSONEachRow' });
          left -= 1;
        }
      }
      return (batches.length * rows_per_batch) / ((performance.now() - began_ms) / 1_000);
    },
    async close(): Promise<void> {
      await new Promise<void>((resolve) => producer.disconnect(() => resolve()));
      await new Promise<void>((resolve) => consumer.disconnect(() => resolve()));
    },
  };
}

/** Milliseconds from the end of an interval until its rows can be read, one per batch. */
async function agesMs({ directory, store }: Site, bus: Bus, batches: readonly Batch[]): Promise<readonly number[]> {
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 2 ** 30, log: silent_log });
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  const ages = batches.map(async (batch, index) => {
    await sleep(index * trickle.every_ms);
    const ended_ms = performance.now();
    await outbox.append({ batch });
    delivery.wake();
    const sql =
      'SELECT 1 AS found FROM query_deltas WHERE batch_id = {batch_id:String} AND window_start = {start:DateTime64(3)} LIMIT 1';
    const params = { batch_id: batch.batch_id, start: batch.window_start };
    while ((await store.query(sql, { params })).length === 0) await sleep(25);
    return performance.now() - ended_ms;
  });
  const all = await Promise.all(ages);
  await delivery.stop();
  await outbox.close();
  return all;
}

async function measure(site: Site, say: (line: string) => void): Promise<readonly Figure[]> {
  const { store, kafka } = site;
  await migrate(store);
  const next = batchSource();
  const uri = `kafka://${kafka.addresses}/bench`;
  const address = parseKafkaAddress(uri);
  await createTopics(address, { partitions: 4, copies: 1, retention_h: 1 });
  await createTopics(parseKafkaAddress(`kafka://${kafka.addresses}/plain`), {
    partitions: 1,
    copies: 1,
    retention_h: 1,
  });
  const plain = await plainRoad(site, 'plain.batches');
  const memory_bus = createBus('memory:');
  const kafka_bus = createBus(uri);
  const sinks = await Promise.all([memory_bus, kafka_bus].map((bus) => startSink({ bus, store, log: silent_log })));

  const rates: Record<'plain' | 'embedded' | 'kafka', number[]> = { plain: [], embedded: [], kafka: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const plain_rate = await plain.rate(await next(batches_per_round, rows_per_batch));
    const embedded_rate = await throughOutbox(site, memory_bus, await next(batches_per_round, rows_per_batch));
    const kafka_rate = await throughOutbox(site, kafka_bus, await next(batches_per_round, rows_per_batch));
    // The first round warms up all roads and lets the group be joined.
    if (round === 0) continue;
    say(
      `round ${round}: plain ${plain_rate.toFixed(0)}, embedded ${embedded_rate.toFixed(0)}, kafka ${kafka_rate.toFixed(0)} rows/s`,
    );
    rates.plain.push(plain_rate);
    rates.embedded.push(embedded_rate);
    rates.kafka.push(kafka_rate);
  }
  const rss_mib = process.memoryUsage.rss() / mib;
  const ages_ms = await agesMs(site, kafka_bus, await next(trickle.batches, trickle.rows));

  const sent = (rounds + 1) * 3 * batches_per_round * rows_per_batch + trickle.batches * trickle.rows;
  if ((await rowsStored(store)) !== sent) throw new Error(`${await rowsStored(store)} rows stored, ${sent} sent`);
  await Promise.all(sinks.map((sink) => sink.stop()));
  await Promise.all([memory_bus.close(), kafka_bus.close(), plain.close()]);

  const median = {
    plain: percentile(rates.plain, 0.5),
    embedded: percentile(rates.embedded, 0.5),
    kafka: percentile(rates.kafka, 0.5),
  };
  const share = median.kafka / Math.min(median.plain, median.embedded);
  const rate = (figure: string, rows_per_s: number): Figure => ({
    figure,
    measured: `${(rows_per_s / 1_000).toFixed(1)} k/s`,
    target: '—',
    is_met: null,
  });
  return [
    rate(
      `rows/s outbox → Kafka → sink → views, batches of ${rows_per_batch}, median of ${rounds} rounds`,
      median.kafka,
    ),
    rate('rows/s outbox → memory: → sink → views', median.embedded),
    rate('rows/s plain node-rdkafka → plain engine insert, same table and views', median.plain),
    {
      figure: 'Kafka as a share of the slower of the other two',
      measured: share.toFixed(2),
      target: `≥ ${target_share}`,
      is_met: share >= target_share,
    },
    {
      figure: `from the end of an interval until its rows can be read, p95 (${trickle.rows} rows every ${trickle.every_ms} ms, gather 1 s)`,
      measured: `${(percentile(ages_ms, 0.95) / 1_000).toFixed(2)} s`,
      target: '—',
      is_met: null,
    },
    {
      figure: 'resident memory of collector, sink and engine in one process after the rounds',
      measured: `${rss_mib.toFixed(0)} MiB`,
      target: '—',
      is_met: null,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'streaming',
  summary: 'rows per second, age of rows and memory over a real Kafka broker, beside the embedded and the plain road',
  async run(say) {
    const missing = await missingForKafka();
    if (missing !== '') throw new Error(missing);
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-streaming-'));
    const kafka = await startKafka({ brokers: 1, directory });
    const store = await openStore(`chdb://${join(directory, 'store')}`);
    const engine = new Session(join(directory, 'store'));
    try {
      return await measure({ directory, store, engine, kafka }, say);
    } finally {
      engine.close();
      await store.close();
      await kafka.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
