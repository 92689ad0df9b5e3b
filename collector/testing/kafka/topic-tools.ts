import { setTimeout as sleep } from 'node:timers/promises';
import type rdkafka from 'node-rdkafka';
import type { KafkaAddress } from '../../bus/kafka/address.js';
import { kafkaClient } from '../../bus/kafka/client.js';

const within_ms = 10_000;

function connected<Client extends rdkafka.Producer | rdkafka.KafkaConsumer>(client: Client): Promise<Client> {
  return new Promise((resolve, reject) =>
    client.connect({ timeout: within_ms }, (error) => (error ? reject(new Error(error.message)) : resolve(client))),
  );
}

/** Bytes as they are, past our own producer. */
export async function produceBytes(
  { brokers, topics }: KafkaAddress,
  messages: readonly { readonly partition: number; readonly bytes: Buffer }[],
): Promise<void> {
  const producer = await connected(new (kafkaClient().Producer)({ 'metadata.broker.list': brokers, dr_cb: true }));
  producer.setPollInterval(5);
  let left = messages.length;
  const delivered = new Promise<void>((resolve) => producer.on('delivery-report', () => --left === 0 && resolve()));
  for (const { partition, bytes } of messages) producer.produce(topics.batches, partition, bytes, 'shop');
  await delivered;
  await new Promise<void>((resolve) => producer.disconnect(() => resolve()));
}

/** Everything in a topic of one partition, from its beginning; waits for `count` messages. */
export async function readAll(brokers: string, topic: string, count: number): Promise<readonly rdkafka.Message[]> {
  const consumer = await connected(
    new (kafkaClient().KafkaConsumer)(
      { 'metadata.broker.list': brokers, 'group.id': 'reader', 'enable.auto.commit': false },
      {},
    ),
  );
  consumer.assign([{ topic, partition: 0, offset: 0 }]);
  const messages: rdkafka.Message[] = [];
  while (messages.length < count) {
    const more = await new Promise<readonly rdkafka.Message[]>((resolve, reject) =>
      consumer.consume(100, (error, found) => (error ? reject(new Error(error.message)) : resolve(found))),
    );
    messages.push(...more);
  }
  await new Promise<void>((resolve) => consumer.disconnect(() => resolve()));
  return messages;
}

/** As an operator would reset the group: the next sink begins at `offset`. No sink may be running. */
export async function commitOffset({ brokers, group_id, topics }: KafkaAddress, offset: number): Promise<void> {
  const consumer = await connected(
    new (kafkaClient().KafkaConsumer)(
      { 'metadata.broker.list': brokers, 'group.id': group_id, 'enable.auto.commit': false },
      {},
    ),
  );
  const place = { topic: topics.batches, partition: 0, offset };
  consumer.assign([place]);
  for (let attempt = 1; ; attempt += 1) {
    try {
      consumer.commitSync(place);
      break;
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(200);
    }
  }
  await new Promise<void>((resolve) => consumer.disconnect(() => resolve()));
}

export async function deleteTopic({ brokers }: KafkaAddress, topic: string): Promise<void> {
  const admin = kafkaClient().AdminClient.create({ 'metadata.broker.list': brokers });
  await new Promise<void>((resolve, reject) =>
    admin.deleteTopic(topic, within_ms, (error: rdkafka.LibrdKafkaError | null) =>
      error ? reject(new Error(error.message)) : resolve(),
    ),
  );
  admin.disconnect();
}
