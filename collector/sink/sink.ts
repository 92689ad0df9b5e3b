import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Store } from '@plumbline/clickhouse';
import type { Arrival, Bus } from '../bus/bus.js';
import type { Log } from '../log.js';
import { DeadLetters } from './dead-letters.js';
import type { Placed } from './group.js';
import { insertGroup } from './insert-group.js';
import { LaneSink } from './lane-sink.js';
import { Ledger } from './ledger.js';
import { openMessage } from './message.js';
import { StoreWriter } from './store-writer.js';

export interface SinkOptions {
  readonly bus: Bus;
  readonly store: Store;
  readonly log: Log;
}

export interface SinkStatus {
  readonly batches: number;
  readonly rows: number;
  readonly dead_letters: number;
  /** Batches of former owners that came too late: the new owners count them again. */
  readonly superseded: number;
  /** Inserts tried again since start, and why the last one was; '' when the store takes everything. */
  readonly retries: number;
  readonly store_error: string;
}

/** From the bus into the store, each batch counted once however often it comes. */
export interface Sink {
  status(): SinkStatus;
  /** Lets the insert in hand finish; a batch that waits for the store is left to its sender, who still has it. */
  stop(): Promise<void>;
}

export async function startSink(options: SinkOptions): Promise<Sink> {
  const sink = new StoreSink(options);
  await options.bus.subscribe((arrivals) => sink.take(arrivals));
  return sink;
}

/**
 * A bus that keeps nothing (memory:) hands over one message at a time from an outbox that repeats it first of all: the
 * batch's own token is enough. A bus that keeps messages hands over what may be repeated at any time: see LaneSink.
 */
class StoreSink implements Sink {
  readonly #writer: StoreWriter;
  readonly #dead_letters: DeadLetters;
  readonly #ledger: Ledger;
  readonly #lanes = new Map<string, LaneSink>();
  readonly #opened = new WeakMap<Arrival, Placed>();
  readonly #in_hand = new Set<Promise<number>>();
  #batches = 0;
  #rows = 0;
  #superseded = 0;

  constructor(readonly options: SinkOptions) {
    this.#writer = new StoreWriter(options.store, options.log);
    this.#dead_letters = new DeadLetters(this.#writer, options.bus, options.log);
    this.#ledger = new Ledger(this.#writer, `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`);
  }

  status(): SinkStatus {
    const { retries, error } = this.#writer;
    const dead_letters = this.#dead_letters.count;
    const counts = { batches: this.#batches, rows: this.#rows, superseded: this.#superseded };
    return { ...counts, dead_letters, retries, store_error: error };
  }

  async stop(): Promise<void> {
    this.#writer.stop();
    await Promise.allSettled(this.#in_hand);
  }

  async take(arrivals: readonly Arrival[]): Promise<number> {
    const lane = arrivals[0]?.place?.lane;
    const taking = lane === undefined ? this.#takeAlone(arrivals) : this.#takeOf(lane, arrivals);
    this.#in_hand.add(taking);
    return taking.finally(() => this.#in_hand.delete(taking));
  }

  async #takeOf(lane: string, arrivals: readonly Arrival[]): Promise<number> {
    return this.#lane(lane).take(arrivals.map((arrival) => this.#open(arrival)));
  }

  async #takeAlone(arrivals: readonly Arrival[]): Promise<number> {
    for (const arrival of arrivals) {
      const message = this.#open(arrival);
      const tools = { writer: this.#writer, dead_letters: this.#dead_letters, beforeAttempt: async () => undefined };
      const rows = await insertGroup(message.id, [message], tools);
      if ('batch' in message) this.#count(1, rows);
    }
    return arrivals.length;
  }

  /** What was not taken is handed over again: it is not parsed again. */
  #open(arrival: Arrival): Placed {
    const known = this.#opened.get(arrival);
    if (known !== undefined) return known;
    const message = { ...openMessage(arrival), place: arrival.place ?? nowhere };
    this.#opened.set(arrival, message);
    return message;
  }

  #lane(name: string): LaneSink {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new LaneSink(name, {
      writer: this.#writer,
      ledger: this.#ledger,
      dead_letters: this.#dead_letters,
      log: this.options.log,
      stored: (batches, rows) => this.#count(batches, rows),
      superseded: (batches) => void (this.#superseded += batches),
    });
    this.#lanes.set(name, lane);
    return lane;
  }

  #count(batches: number, rows: number): void {
    this.#batches += batches;
    this.#rows += rows;
  }
}

/** A message of a bus that keeps none lies nowhere. */
const nowhere = { lane: '', offset: -1 };
