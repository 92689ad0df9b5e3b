import type { Log } from '../../log.js';
import type { Bus, BusHandler } from '../bus.js';
import { parseKafkaAddress } from './address.js';
import type { ClientSettings } from './client-settings.js';
import { KafkaConsumer } from './consumer.js';
import { KafkaProducer } from './producer.js';

/** A publish waits for the brokers' answer, some milliseconds; more than so many at once gain nothing. */
const publishes_at_once = 16;

/** Over brokers. Nothing is connected before it is needed. Throws `ProblemError` for an address that is none. */
export function openKafkaBus(
  uri: string,
  { log, kafka_settings }: { readonly log: Log; readonly kafka_settings: ClientSettings },
): Bus {
  const address = parseKafkaAddress(uri);
  const producer = new KafkaProducer(address, kafka_settings, log);
  let consumer: KafkaConsumer | undefined;
  return {
    publishes_at_once,
    publish: (batch) => producer.publish(batch),
    setAside: (message) => producer.setAside(message),
    async subscribe(handler: BusHandler) {
      if (consumer !== undefined) throw new Error('The Kafka bus has a handler already');
      consumer = new KafkaConsumer(address, kafka_settings, handler, log);
    },
    lag: async () => (await consumer?.lag()) ?? [],
    async close() {
      await Promise.all([producer.close(), consumer?.close()]);
    },
  };
}
