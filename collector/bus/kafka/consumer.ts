import { setTimeout as sleep } from 'node:timers/promises';
import type rdkafka from 'node-rdkafka';
import { kafkaClient } from './client.js';
import type { Log } from '../../log.js';
import { messageOf } from '../../message-of.js';
import type { BusHandler, LaneLag } from '../bus.js';
import type { KafkaAddress } from './address.js';
import { consumerSettings } from './client-settings.js';
import type { ClientSettings } from './client-settings.js';
import { connectedClient } from './connecting.js';
import { headerText } from './envelope-headers.js';
import { lagOfLanes } from './lag.js';
import { Lane } from './lane.js';

const assign_code = -175;
/** Few: a message may have megabytes, and a lane is only paused between two polls. */
const messages_per_poll = 16;
const poll_within_ms = 100;
const after_failure_ms = 500;
/** What all lanes together may hold while the store is away; each at least a few messages. */
const held_bytes = 96 * 2 ** 20;
const held_by_lane_bytes = 8 * 2 ** 20;
/** A handler that takes longer is left behind: what it stores is in the ledger, only not committed. */
const end_within_ms = 5_000;

/**
 * A member of the sinks' group. It polls on while the handler works or waits for the store, so that a slow store never
 * costs it its lanes; a lane that holds enough is paused meanwhile.
 */
export class KafkaConsumer {
  readonly #closing = new AbortController();
  readonly #lanes = new Map<string, Lane>();
  readonly #endings = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #client: rdkafka.KafkaConsumer | undefined;
  #is_committing_again = false;

  constructor(
    readonly address: KafkaAddress,
    readonly settings: ClientSettings,
    readonly handler: BusHandler,
    readonly log: Log,
  ) {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  /** Rejects when no broker answers, and before one ever has. */
  async lag(): Promise<readonly LaneLag[]> {
    if (this.#client === undefined) throw new Error('no Kafka broker has answered yet');
    return lagOfLanes(this.#client, this.address.topics.batches, [...this.#lanes.values()]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const client = await connectedClient(() => this.#makeClient(), { signal, log: this.log });
      this.#client = client;
      client.setDefaultConsumeTimeout(poll_within_ms);
      client.subscribe([this.address.topics.batches]);
      while (!signal.aborted) await this.#poll(client);
      this.#endLanes();
      await Promise.race([Promise.all(this.#endings), sleep(end_within_ms, undefined, { ref: false })]);
      await new Promise<void>((resolve) => client.disconnect(() => resolve()));
    } catch (error) {
      if (!signal.aborted) this.log('error', 'The Kafka consumer ended', { error: messageOf(error) });
    }
  }

  #makeClient(): rdkafka.KafkaConsumer {
    const { KafkaConsumer } = kafkaClient();
    const client: rdkafka.KafkaConsumer = new KafkaConsumer(
      {
        ...consumerSettings(this.address, this.settings),
        rebalance_cb: (error: rdkafka.LibrdKafkaError, assignment: rdkafka.TopicPartition[]) =>
          this.#rebalance(client, error, assignment),
        offset_commit_cb: (error: rdkafka.LibrdKafkaError | null) => {
          if (error) void this.#commitAgain(error);
        },
      },
      // A group that is new, or whose offsets are out of a recreated topic's range, begins at what there is: the
      // ledger knows what was stored.
      { 'auto.offset.reset': 'earliest' },
    );
    client.on('event.error', (error) => this.log('warn', 'Kafka consumer', { error: error.message }));
    return client;
  }

  /** A lane without new messages would commit nothing any more, and look as if it were behind for ever. */
  async #commitAgain(error: rdkafka.LibrdKafkaError): Promise<void> {
    this.log('debug', 'An offset was not committed; it is committed again', { error: error.message });
    if (this.#is_committing_again) return;
    this.#is_committing_again = true;
    await sleep(after_failure_ms, undefined, { ref: false });
    this.#is_committing_again = false;
    for (const lane of this.#lanes.values()) lane.commitAgain();
  }

  #rebalance(
    client: rdkafka.KafkaConsumer,
    { code }: rdkafka.LibrdKafkaError,
    assignment: readonly rdkafka.TopicPartition[],
  ): void {
    this.#endLanes();
    if (code !== assign_code || this.#closing.signal.aborted) {
      client.unassign();
      return;
    }
    const bound_bytes = Math.max(held_by_lane_bytes, held_bytes / Math.max(1, assignment.length));
    for (const partition of assignment) this.#beginLane(client, partition, bound_bytes);
    client.assign([...assignment]);
    this.log('info', 'Lanes of this sink', { lanes: [...this.#lanes.keys()] });
  }

  #beginLane(client: rdkafka.KafkaConsumer, { topic, partition }: rdkafka.TopicPartition, bound_bytes: number): void {
    const name = `${topic}/${partition}`;
    const whenAssigned = (act: () => void): void => {
      // A partition may be gone between the decision and the call; then there is nothing to pause or commit.
      if (this.#lanes.get(name) !== lane || !client.isConnected()) return;
      try {
        act();
      } catch (error) {
        this.log('debug', 'A lane was lost meanwhile', { lane: name, error: messageOf(error) });
      }
    };
    const lane: Lane = new Lane({
      name,
      partition,
      gather_ms: this.address.gather_ms,
      bound_bytes,
      handler: this.handler,
      log: this.log,
      commit: (offset) => whenAssigned(() => client.commit({ topic, partition, offset })),
      setPaused: (is_paused) =>
        whenAssigned(() => (is_paused ? client.pause([{ topic, partition }]) : client.resume([{ topic, partition }]))),
    });
    this.#lanes.set(name, lane);
  }

  #endLanes(): void {
    for (const lane of this.#lanes.values()) {
      const ending = lane.end();
      this.#endings.add(ending);
      void ending.finally(() => this.#endings.delete(ending));
    }
    this.#lanes.clear();
  }

  async #poll(client: rdkafka.KafkaConsumer): Promise<void> {
    try {
      for (const message of await consume(client)) this.#enqueue(message);
    } catch (error) {
      this.log('warn', 'Kafka could not be read; it is tried again', { error: messageOf(error) });
      await sleep(after_failure_ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  #enqueue({ topic, partition, offset, value, headers, size, timestamp }: rdkafka.Message): void {
    const name = `${topic}/${partition}`;
    const refusal = headerText(headers, 'refusal');
    const place = { lane: name, offset };
    const content = value ?? Buffer.alloc(0);
    const arrival = refusal === undefined ? { content, place } : { content, place, refusal };
    this.#lanes.get(name)?.push({ arrival, size_bytes: size, kept_at_ms: timestamp ?? Date.now() });
  }
}

const consume = (client: rdkafka.KafkaConsumer): Promise<readonly rdkafka.Message[]> =>
  new Promise((resolve, reject) =>
    client.consume(messages_per_poll, (error, messages) =>
      error ? reject(new Error(error.message)) : resolve(messages),
    ),
  );
