import { ProblemError } from '@plumbline/contracts';
import type { Batch } from '@plumbline/contracts';
import { silent_log } from '../log.js';
import type { Log } from '../log.js';
import { openKafkaBus } from './kafka/kafka-bus.js';
import { createMemoryBus } from './memory.js';

/** Where a message lies on a bus that keeps messages: messages of one lane have rising offsets. */
export interface Place {
  /** `topic/partition`. */
  readonly lane: string;
  readonly offset: number;
}

/** One message as it came. */
export interface Arrival {
  /** The batch itself (memory:) or the bytes as they lie on the broker. */
  readonly content: unknown;
  /** Absent when the bus keeps nothing. */
  readonly place?: Place;
  /** Why its sender could not send it whole; the bytes are then what could be sent of it. */
  readonly refusal?: string;
}

/**
 * Takes messages of one lane, oldest first; resolves with how many from the front are durable on the consumer's side.
 * 0: more of this lane must be seen before any can be taken. Rejects when all of them must be handed over again.
 */
export type BusHandler = (arrivals: readonly Arrival[]) => Promise<number>;

/** A message that cannot be stored, with everything that is known of it. */
export interface SetAside {
  readonly bytes: Buffer;
  readonly reason: string;
  readonly place: Place;
}

/** How far the sinks are behind on one lane. */
export interface LaneLag {
  readonly lane: string;
  /** On the brokers and not durable in the store. */
  readonly lag_messages: number;
  /** Since the brokers have the oldest of those that this process has read; 0 when it has none. */
  readonly lag_s: number;
}

/** Carries batches from collectors to sinks. One contract suite (bus.contract.ts) for every implementation. */
export interface Bus {
  /** How many publishes it pays to have under way; absent: one. */
  readonly publishes_at_once?: number;
  /**
   * Resolves when the batch is durable outside this process: the handler has taken it (memory:) or the brokers keep it
   * for a handler to take (kafka:). Rejects when it must be published again; it may then arrive twice.
   */
  publish(batch: Batch): Promise<void>;
  /** The batches of one instance reach the handler in the order published, one call at a time. One handler per bus. */
  subscribe(handler: BusHandler): Promise<void>;
  /** Keeps a copy of a message that cannot be stored. Absent when the bus keeps nothing. */
  setAside?(message: SetAside): Promise<void>;
  /** Of the lanes this process has. Rejects when that cannot be known now. Absent when the bus keeps nothing. */
  lag?(): Promise<readonly LaneLag[]>;
  /** Waiting publishes are rejected; the outbox still has them. */
  close(): Promise<void>;
}

export interface BusOptions {
  readonly log?: Log;
  /** Further settings of the Kafka client by librdkafka's names (`security.protocol`, `sasl.username`, …). */
  readonly kafka_settings?: Readonly<Record<string, string>>;
}

/** `memory:` is in process, `kafka://host:port,host:port/prefix` goes over brokers. The scheme is all that chooses. */
export function createBus(uri: string, { log = silent_log, kafka_settings = {} }: BusOptions = {}): Bus {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'memory') return createMemoryBus();
  if (scheme === 'kafka') return openKafkaBus(uri, { log, kafka_settings });
  throw new ProblemError([
    {
      where: 'bus',
      field: 'bus',
      message: scheme === '' ? 'this is not a bus address' : `the bus "${scheme}:" is not known`,
      mend: 'Use memory: to carry batches inside one process, or kafka://host:port,host:port/prefix.',
    },
  ]);
}
