import type rdkafka from 'node-rdkafka';

/** The oldest message kept, and where the next one will lie. */
export const watermarks = (
  client: rdkafka.KafkaConsumer,
  topic: string,
  partition: number,
  within_ms: number,
): Promise<rdkafka.WatermarkOffsets> =>
  new Promise((resolve, reject) =>
    client.queryWatermarkOffsets(topic, partition, within_ms, (error, offsets) =>
      error ? reject(new Error(`${topic}/${partition}: ${error.message}`)) : resolve(offsets),
    ),
  );

/** By partition; one that nobody has committed yet is left out. */
export async function committedOffsets(
  client: rdkafka.KafkaConsumer,
  topic: string,
  partitions: readonly number[],
  within_ms: number,
): Promise<ReadonlyMap<number, number>> {
  const asked = partitions.map((partition) => ({ topic, partition }));
  const offsets = await new Promise<readonly rdkafka.TopicPartitionOffset[]>((resolve, reject) =>
    client.committed(asked, within_ms, (error, found) =>
      error ? reject(new Error(`committed offsets of ${topic}: ${error.message}`)) : resolve(found),
    ),
  );
  const known = offsets.filter(({ offset }) => offset !== undefined && offset >= 0);
  return new Map(known.map(({ partition, offset }) => [partition, offset]));
}

export interface Offsets {
  readonly first_offset: number;
  readonly next_offset: number;
  /** Undefined when nobody has read yet. */
  readonly committed_offset: number | undefined;
}

/** Messages that wait for the sinks. Where none has read yet, all that is kept is still to be stored. */
export const lagOf = ({ next_offset, first_offset, committed_offset }: Offsets): number =>
  next_offset - Math.max(first_offset, committed_offset ?? first_offset);
