import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@plumbline/clickhouse';
import { parseKafkaAddress } from '../../bus/kafka/address.js';
import { lagOf } from '../../bus/kafka/offsets.js';
import { createTopics, describeTopics, type PartitionState } from '../../bus/kafka/topics.js';
import type { Kafka } from '../kafka/start-kafka.js';
import type { Sums } from '../store-sums.js';
import { startChild, type Child } from './child.js';
import { emittedSums, small_emission, type EmissionShape } from './emission.js';

/** What a fault left behind: what the source says it emitted, and what each table adds up to. */
export interface Outcome {
  readonly emitted: number;
  readonly expected: Sums;
  readonly stored: Readonly<Record<string, Sums>>;
  readonly dead_letters: number;
}

const windows_of = { query_deltas: 'count()', query_hourly: 'sum(windows)', query_daily: 'sum(windows)' } as const;
const drained_within_ms = 150_000;
/** More than any outage fills: merged windows would be fewer than were emitted. */
const roomy_outbox_bytes = 256 * 2 ** 20;
/** A killed sink's lanes are another's within seconds. */
const hasty = 'gather_ms=50&session_timeout_ms=1500';

interface StageOptions {
  readonly directory: string;
  readonly kafka: Kafka;
  readonly copies: number;
  readonly store: Store;
  readonly store_url: string;
  /** Of the bus's address, after the `?`. */
  readonly bus_options?: string;
  /** Collectors and sinks print their heap so often. */
  readonly heap_every_ms?: number;
}

interface EmitterOptions {
  readonly shape?: EmissionShape;
  readonly interval_ms?: number;
  readonly outbox?: string;
  readonly outbox_max_bytes?: number;
  readonly uri?: string;
}

/** One source with topics of its own on a cluster and rows of its own in a store; faults are made by the test. */
export class Stage {
  readonly #uri: string;
  readonly #common: object;
  readonly #children = new Set<Child>();
  #shape = small_emission;

  private constructor(
    readonly source: string,
    readonly directory: string,
    readonly store: Store,
    readonly store_url: string,
    { kafka, bus_options = hasty, heap_every_ms }: StageOptions,
  ) {
    this.#common = { ...(heap_every_ms !== undefined && { heap_every_ms }) };
    this.#uri = `kafka://${kafka.addresses}/${source}?${bus_options}`;
  }

  static async open(source: string, on: StageOptions): Promise<Stage> {
    const stage = new Stage(source, on.directory, on.store, on.store_url, on);
    await createTopics(parseKafkaAddress(stage.uri), { partitions: 3, copies: on.copies, retention_h: 1 });
    return stage;
  }

  get uri(): string {
    return this.#uri;
  }

  /** One after the other: they share the outbox, which holds the source's state. */
  async startEmitter(options: EmitterOptions = {}): Promise<Child> {
    const {
      shape = small_emission,
      interval_ms = 40,
      outbox = join(this.directory, `outbox-${this.source}`),
      outbox_max_bytes = roomy_outbox_bytes,
      uri = this.uri,
    } = options;
    this.#shape = shape;
    return this.#started('emitter', { source: this.source, uri, outbox, outbox_max_bytes, interval_ms, shape });
  }

  async startSink(): Promise<Child> {
    return this.#started('sink-runner', { uri: this.uri, store_url: this.store_url });
  }

  /** Lets the last emitter deliver and a last sink store everything, then adds up. */
  async finish(emitter: Child): Promise<Outcome> {
    const ending = emitter.end('SIGTERM');
    const sink = await this.startSink();
    const emitted = Number((await emitter.line('emitted')).split(' ')[1]);
    await ending;
    await this.#drained();
    await sink.end('SIGTERM');
    await this.close();
    return {
      emitted,
      expected: emittedSums(emitted, this.#shape),
      stored: await this.#sums(),
      dead_letters: await this.#deadLetters(),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.end('SIGKILL')));
  }

  /** Messages in the topic that the sinks have not committed. */
  async lag(): Promise<number> {
    return (await this.#batches()).reduce((sum, partition) => sum + lagOf(partition), 0);
  }

  async #started(program: 'emitter' | 'sink-runner', settings: object): Promise<Child> {
    const child = startChild(program, { ...this.#common, ...settings });
    this.#children.add(child);
    await child.line('ready');
    return child;
  }

  /** Everything in the topic is committed. Others kill brokers meanwhile: asking may fail for a while. */
  async #drained(): Promise<void> {
    const deadline_ms = performance.now() + drained_within_ms;
    for (;;) {
      const behind = await this.#behind().catch(String);
      if (behind === '') return;
      if (performance.now() > deadline_ms) throw new Error(`${this.source} is not drained: ${behind}`);
      await sleep(250);
    }
  }

  async #behind(): Promise<string> {
    const behind = (await this.#batches()).filter((partition) => lagOf(partition) > 0);
    return behind
      .map(({ partition, committed_offset, next_offset }) => `${partition}: ${committed_offset} of ${next_offset}`)
      .join();
  }

  async #batches(): Promise<readonly PartitionState[]> {
    const address = parseKafkaAddress(this.uri);
    const batches = (await describeTopics(address)).find(({ name }) => name === address.topics.batches);
    if (batches === undefined) throw new Error(`there is no topic ${address.topics.batches}`);
    return batches.partitions;
  }

  async #sums(): Promise<Readonly<Record<string, Sums>>> {
    const entries = Object.entries(windows_of).map(async ([table, windows]) => {
      const [row] = await this.store.query<Sums>(
        `SELECT toString(${windows}) AS windows, toString(sum(calls)) AS calls, toString(sum(total_time_us)) AS total_time_us
         FROM ${table} WHERE startsWith(instance_id, {source:String})`,
        { params: { source: `${this.source}-` } },
      );
      return [table, row as Sums] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  async #deadLetters(): Promise<number> {
    const sql = 'SELECT toString(count()) AS letters FROM dead_letters WHERE startsWith(lane, {source:String})';
    const [row] = await this.store.query<{ letters: string }>(sql, { params: { source: `${this.source}.` } });
    return Number(row?.letters);
  }
}
