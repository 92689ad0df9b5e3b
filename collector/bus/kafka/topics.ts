import { setTimeout as sleep } from 'node:timers/promises';
import type rdkafka from 'node-rdkafka';
import { kafkaClient } from './client.js';
import { backOffMs } from '../../back-off.js';
import type { KafkaAddress } from './address.js';
import { committedOffsets, watermarks } from './offsets.js';
import type { Offsets } from './offsets.js';
import { message_limit_bytes } from './client-settings.js';
import type { ClientSettings } from './client-settings.js';

/** A topic as it should be. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly copies: number;
  readonly settings: Readonly<Record<string, string>>;
}

export interface TopicSizes {
  /** The most sinks that can share the work. */
  readonly partitions: number;
  /** Brokers that keep each message. */
  readonly copies: number;
  /** The longest outage of sinks or store that loses nothing. */
  readonly retention_h: number;
}

export interface TopicState {
  readonly name: string;
  readonly partitions: readonly PartitionState[];
}

export interface PartitionState extends Offsets {
  readonly partition: number;
  /** -1 when there is none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly in_sync: readonly number[];
}

const hour_ms = 3_600_000;
const dead_letter_retention_h = 35 * 24;
const answer_within_ms = 10_000;
const already_there = 36;
const attempts = 6;

export function planTopics(
  { topics }: KafkaAddress,
  { partitions, copies, retention_h }: TopicSizes,
): readonly TopicPlan[] {
  const common = {
    'cleanup.policy': 'delete',
    // The client has compressed already.
    'compression.type': 'producer',
    'max.message.bytes': String(message_limit_bytes),
    // By the brokers' clock: a collector whose clock is wrong must not have its messages removed as too old.
    'message.timestamp.type': 'LogAppendTime',
    'min.insync.replicas': String(Math.max(1, copies - 1)),
    'unclean.leader.election.enable': 'false',
  };
  const keptFor = (hours: number) => ({ ...common, 'retention.ms': String(hours * hour_ms) });
  return [
    { name: topics.batches, partitions, copies, settings: keptFor(retention_h) },
    { name: topics.dead_letters, partitions: 1, copies, settings: keptFor(dead_letter_retention_h) },
  ];
}

/** Makes the topics that are missing; those that are there stay as they are. Gives the names of the new ones. */
export async function createTopics(
  address: KafkaAddress,
  sizes: TopicSizes,
  settings: ClientSettings = {},
): Promise<readonly string[]> {
  const admin = kafkaClient().AdminClient.create({ 'metadata.broker.list': address.brokers, ...settings });
  try {
    const created: string[] = [];
    for (const { name, partitions, copies, settings: config } of planTopics(address, sizes)) {
      const topic = { topic: name, num_partitions: partitions, replication_factor: copies, config };
      if (await isCreated(admin, topic)) created.push(name);
    }
    return created;
  } finally {
    admin.disconnect();
  }
}

const isCreated = (admin: rdkafka.IAdminClient, topic: rdkafka.NewTopic): Promise<boolean> =>
  new Promise((resolve, reject) =>
    admin.createTopic(topic, answer_within_ms, (error: rdkafka.LibrdKafkaError | null) => {
      if (!error || error.code === already_there) resolve(!error);
      else reject(new Error(`${topic.topic} cannot be made: ${error.message}`));
    }),
  );

/** The batches first; a topic that is not there is left out. Throws when no broker answers. */
export async function describeTopics(
  address: KafkaAddress,
  settings: ClientSettings = {},
): Promise<readonly TopicState[]> {
  const { KafkaConsumer } = kafkaClient();
  const client = new KafkaConsumer(
    { 'metadata.broker.list': address.brokers, 'group.id': address.group_id, ...settings },
    {},
  );
  const metadata = await new Promise<rdkafka.Metadata>((resolve, reject) => {
    client.on('event.error', () => undefined); // connecting tells it
    client.connect({ timeout: answer_within_ms, allTopics: true }, (error, found) =>
      error ? reject(new Error(`no Kafka broker answers at ${address.brokers}: ${error.message}`)) : resolve(found),
    );
  });
  try {
    const wanted = [address.topics.batches, address.topics.dead_letters];
    const found = wanted.flatMap((name) => metadata.topics.find((topic) => topic.name === name) ?? []);
    return await Promise.all(found.map((topic) => stateOf(client, topic)));
  } finally {
    await new Promise<void>((resolve) => client.disconnect(() => resolve()));
  }
}

async function stateOf(
  client: rdkafka.KafkaConsumer,
  { name, partitions }: rdkafka.TopicMetadata,
): Promise<TopicState> {
  const ids = partitions.map(({ id }) => id);
  const committed = await stubbornly(() => committedOffsets(client, name, ids, answer_within_ms));
  const states = partitions.map(async ({ id, leader, replicas, isrs }): Promise<PartitionState> => {
    const { lowOffset, highOffset } = await stubbornly(() => watermarks(client, name, id, answer_within_ms));
    const place = { partition: id, leader, replicas, in_sync: isrs, first_offset: lowOffset, next_offset: highOffset };
    return { ...place, committed_offset: committed.get(id) };
  });
  return { name, partitions: await Promise.all(states) };
}

/** A cluster that has just started, or lost a broker, has no leader or coordinator for some moments. */
async function stubbornly<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; attempt < attempts; attempt += 1) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(backOffMs(attempt));
  }
  return ask();
}
