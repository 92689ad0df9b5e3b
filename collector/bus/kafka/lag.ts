import type rdkafka from 'node-rdkafka';
import type { LaneLag } from '../bus.js';
import type { Lane } from './lane.js';
import { committedOffsets, lagOf, watermarks } from './offsets.js';

const answer_within_ms = 3_000;

/** Asks the brokers what lies in the partitions of these lanes and how far it is committed. Rejects when none answers. */
export async function lagOfLanes(
  client: rdkafka.KafkaConsumer,
  topic: string,
  lanes: readonly Lane[],
): Promise<readonly LaneLag[]> {
  const now_ms = Date.now();
  const partitions = lanes.map(({ options }) => options.partition);
  const committed = await committedOffsets(client, topic, partitions, answer_within_ms);
  const lags = lanes.map(async ({ options: { name, partition }, oldest_at_ms }): Promise<LaneLag> => {
    const { lowOffset, highOffset } = await watermarks(client, topic, partition, answer_within_ms);
    const committed_offset = committed.get(partition);
    const lag_messages = lagOf({ first_offset: lowOffset, next_offset: highOffset, committed_offset });
    const lag_s = oldest_at_ms === undefined ? 0 : Math.max(0, now_ms - oldest_at_ms) / 1_000;
    return { lane: name, lag_messages, lag_s };
  });
  return Promise.all(lags);
}
