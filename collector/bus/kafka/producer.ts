import type rdkafka from 'node-rdkafka';
import { kafkaClient } from './client.js';
import type { Batch, Reader } from '@plumbline/contracts';
import type { Log } from '../../log.js';
import type { SetAside } from '../bus.js';
import type { KafkaAddress } from './address.js';
import { message_aim_bytes, message_limit_bytes, producerSettings } from './client-settings.js';
import type { ClientSettings } from './client-settings.js';
import { connectedClient } from './connecting.js';
import { headersOf } from './envelope-headers.js';
import type { TextHeaders } from './envelope-headers.js';
import { cutBatch } from './split.js';

/** So long the client itself goes on trying; then the batch is refused and the outbox tries again. */
const delivered_within_ms = 30_000;
const metadata_within_ms = 10_000;
const poll_ms = 5;
/** For the envelope and the headers around a row. */
const envelope_bytes = 64 * 1024;
const kept_of_too_large_bytes = 256 * 1024;

export const closed_message = 'The bus is closed';

interface Waiting {
  resolve(): void;
  reject(reason: Error): void;
}

/** Sends messages; each send resolves when its delivery report says that all in-sync replicas have it. */
export class KafkaProducer {
  readonly #closing = new AbortController();
  readonly #waiting = new Set<Waiting>();
  readonly #topics = new Map<string, Promise<void>>();
  #client: Promise<rdkafka.Producer> | undefined;

  constructor(
    readonly address: KafkaAddress,
    readonly settings: ClientSettings,
    readonly log: Log,
  ) {}

  async publish(batch: Batch): Promise<void> {
    const whole = Buffer.from(JSON.stringify(batch));
    if (whole.byteLength <= aimOf(batch)) return this.#sendBatch(batch, whole);
    if (batch.reader?.state) return this.publish(this.#withoutState(batch, batch.reader));
    const { batches, too_large } = cutBatch(batch, message_aim_bytes, message_limit_bytes - envelope_bytes);
    // Without a row that can be sent it is still told that the counters moved.
    const pieces = batches.length === 0 && batch.reader ? [{ ...batch, tables: [] }] : batches;
    for (const piece of pieces) await this.#sendBatch(piece, Buffer.from(JSON.stringify(piece)));
    for (const { table, row } of too_large) {
      const size_bytes = Buffer.byteLength(row);
      const refusal = `a row of ${table} of ${size_bytes} bytes, more than a message may have; this is its beginning`;
      const beginning = Buffer.from(row).subarray(0, kept_of_too_large_bytes);
      const headers = { batch_id: batch.batch_id, schema_version: String(batch.schema_version), refusal };
      await this.#send(this.address.topics.batches, batch.instance_id, beginning, headers);
    }
  }

  /** Pieces are stored one by one: a state that came with one of them would be wrong until the others came. */
  #withoutState(batch: Batch, reader: Reader): Batch {
    const { instance_id, aspect, batch_id } = batch;
    this.log('warn', 'A counter state is too large to travel: if its collector is killed now, counters are read anew', {
      ...{ instance_id, aspect, batch_id, state_bytes: reader.state.length },
    });
    return { ...batch, reader: { ...reader, state: '' } };
  }

  /** The bytes as they were, to the topic of dead letters. */
  async setAside({ bytes, reason, place }: SetAside): Promise<void> {
    const headers = { reason, lane: place.lane, offset: String(place.offset) };
    await this.#send(this.address.topics.dead_letters, `${place.lane}/${place.offset}`, bytes, headers);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error(closed_message));
    for (const { reject } of this.#waiting) reject(new Error(closed_message));
    const client = await this.#client?.catch(() => undefined);
    if (client?.isConnected()) await new Promise<void>((resolve) => client.disconnect(0, () => resolve()));
  }

  #sendBatch({ batch_id, schema_version, instance_id }: Batch, bytes: Buffer): Promise<void> {
    const headers = { batch_id, schema_version: String(schema_version) };
    return this.#send(this.address.topics.batches, instance_id, bytes, headers);
  }

  async #send(topic: string, key: string, bytes: Buffer, headers: TextHeaders): Promise<void> {
    await this.#untilClosed(async (waiting) => {
      const client = await this.#connected();
      await this.#topicFound(client, topic);
      this.#closing.signal.throwIfAborted();
      client.produce(topic, null, bytes, key, null, waiting, headersOf(headers));
    });
  }

  /** Settles with the delivery report, or with the closing of the bus. */
  #untilClosed(begin: (waiting: Waiting) => Promise<void>): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiting: Waiting = { resolve, reject };
      this.#waiting.add(waiting);
      const end = (settle: () => void) => {
        this.#waiting.delete(waiting);
        settle();
      };
      waiting.resolve = () => end(resolve);
      waiting.reject = (reason) => end(() => reject(reason));
      begin(waiting).catch((reason: unknown) => waiting.reject(reason as Error));
    });
  }

  /** Asked once for all who wait, so that they go on in the order they came. */
  #topicFound(client: rdkafka.Producer, topic: string): Promise<void> {
    let finding = this.#topics.get(topic);
    if (finding === undefined) {
      finding = this.#findTopic(client, topic);
      finding.catch(() => this.#topics.delete(topic));
      this.#topics.set(topic, finding);
    }
    return finding;
  }

  /** The client would wait for a missing topic until its time is up, and then not say why. */
  async #findTopic(client: rdkafka.Producer, wanted: string): Promise<void> {
    const { topics } = await new Promise<rdkafka.Metadata>((resolve, reject) =>
      client.getMetadata({ allTopics: true, timeout: metadata_within_ms }, (error, metadata) =>
        error ? reject(new Error(`no Kafka broker answers: ${error.message}`)) : resolve(metadata),
      ),
    );
    if (!topics.some(({ name }) => name === wanted)) throw new Error(missingTopic(wanted));
  }

  async #connected(): Promise<rdkafka.Producer> {
    this.#closing.signal.throwIfAborted();
    this.#client ??= connectedClient(() => this.#makeClient(), { signal: this.#closing.signal, log: this.log });
    try {
      return await this.#client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  #makeClient(): rdkafka.Producer {
    const { Producer } = kafkaClient();
    const client = new Producer(
      producerSettings(this.address, this.settings),
      // murmur2: the partition that other Kafka clients would choose for the same key.
      { partitioner: 'murmur2_random', 'message.timeout.ms': delivered_within_ms },
    );
    client.setPollInterval(poll_ms);
    client.on('delivery-report', (error, { opaque, topic }) => {
      const waiting = opaque as Waiting;
      if (error) waiting.reject(new Error(undelivered(topic, error)));
      else waiting.resolve();
    });
    client.on('event.error', (error) => {
      this.log('warn', 'Kafka producer', { error: error.message });
      if (error.isFatal) this.#startAnew(client);
    });
    return client;
  }

  /** After a fatal error the client refuses everything; the next send makes another. */
  #startAnew(client: rdkafka.Producer): void {
    this.#client = undefined;
    client.disconnect(0);
  }
}

/** With a state it is one message as long as a message can be: it must be stored whole or not at all. */
const aimOf = ({ reader }: Batch): number => (reader?.state ? message_limit_bytes - envelope_bytes : message_aim_bytes);

const unknown_topic_codes = new Set([3, -188, -190]);
const too_large_code = 10;

const missingTopic = (topic: string): string => `the topic ${topic} is not there: plumbline topics create makes it`;

function undelivered(topic: string, error: rdkafka.LibrdKafkaError): string {
  if (unknown_topic_codes.has(error.code)) return missingTopic(topic);
  if (error.code !== too_large_code) return `not delivered to ${topic}: ${error.message}`;
  return `the topic ${topic} refuses messages of this size: plumbline topics describe says what its settings must be`;
}
