/**
 * Small batches of many instances from a collector's outbox to a real Kafka broker: as many publishes at once as the bus
 * likes against one at a time, by turns on one broker. Nobody reads the topic: what is measured is the collector's side.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBus, openOutbox, silent_log } from '@plumbline/collector';
import type { Bus } from '@plumbline/collector';
import { parseKafkaAddress } from '@plumbline/collector/bus/kafka/address';
import { createTopics } from '@plumbline/collector/bus/kafka/topics';
import { startDelivery } from '@plumbline/collector/delivery';
import { minuteBatch } from '@plumbline/collector/testing/batches';
import { missingForKafka } from '@plumbline/collector/testing/kafka/broker-jars';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Batch } from '@plumbline/contracts';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const load = { batches: 300, rows: 20, instances: 50 };
const rounds = 5;
/** Less would not be worth a second batch in flight. */
const target_gain = 2;

/** Batches per second from a full outbox until the brokers have them all. */
async function deliveredPerS(directory: string, bus: Bus, batches: readonly Batch[]): Promise<number> {
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 2 ** 30, log: silent_log });
  for (const batch of batches) await outbox.append({ batch });
  const began_ms = performance.now();
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  while (outbox.pending().length > 0) await sleep(5);
  const elapsed_s = (performance.now() - began_ms) / 1_000;
  await delivery.stop();
  await outbox.close();
  return batches.length / elapsed_s;
}

/** Batches that the topic has not had, one after the other of each instance. */
function smallBatches(): () => Promise<readonly Batch[]> {
  let number = 0;
  return () =>
    Promise.all(
      Array.from({ length: load.batches }, async (_, index) => ({
        ...(await minuteBatch(number++, load.rows)),
        instance_id: `shop-${index % load.instances}`,
      })),
    );
}

async function measure(directory: string, brokers: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const uri = `kafka://${brokers}/delivery`;
  await createTopics(parseKafkaAddress(uri), { partitions: 4, copies: 1, retention_h: 1 });
  const bus = createBus(uri);
  const alone: Bus = { ...bus, publishes_at_once: 1 };
  const next = smallBatches();
  const rates = { alone: [] as number[], together: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const alone_rate = await deliveredPerS(directory, alone, await next());
    const together_rate = await deliveredPerS(directory, bus, await next());
    if (round === 0) continue;
    say(`round ${round}: one at a time ${alone_rate.toFixed(0)}, together ${together_rate.toFixed(0)} batches/s`);
    rates.alone.push(alone_rate);
    rates.together.push(together_rate);
  }
  await bus.close();
  const together = percentile(rates.together, 0.5);
  const gain = together / percentile(rates.alone, 0.5);
  const { rows, instances } = load;
  return [
    {
      figure: `batches/s outbox → Kafka, ${rows} rows each, of ${instances} instances, median of ${rounds} rounds`,
      measured: together.toFixed(0),
      target: '—',
      is_met: null,
    },
    {
      figure: 'the same against one publish at a time',
      measured: `${gain.toFixed(1)} ×`,
      target: `≥ ${target_gain} ×`,
      is_met: gain >= target_gain,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'delivery',
  summary:
    'small batches of many instances from the outbox to a real Kafka broker, several at once against one at a time',
  async run(say) {
    const missing = await missingForKafka();
    if (missing !== '') throw new Error(missing);
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-delivery-'));
    const kafka = await startKafka({ brokers: 1, directory });
    try {
      return await measure(directory, kafka.addresses, say);
    } finally {
      await kafka.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
