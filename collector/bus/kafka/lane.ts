import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../../back-off.js';
import type { Log } from '../../log.js';
import { messageOf } from '../../message-of.js';
import type { BusHandler } from '../bus.js';
import { LaneQueue } from './lane-queue.js';
import type { Queued } from './lane-queue.js';

const least_wait_ms = 20;

export interface LaneOptions {
  readonly name: string;
  readonly partition: number;
  readonly gather_ms: number;
  /** So much waits in memory; then the partition is paused. */
  readonly bound_bytes: number;
  readonly handler: BusHandler;
  readonly log: Log;
  /** Everything before this offset is durable. */
  readonly commit: (next_offset: number) => void;
  readonly setPaused: (is_paused: boolean) => void;
}

/** One partition while it is ours: gathers its messages, hands them over, commits what was taken. */
export class Lane {
  readonly #queue: LaneQueue;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #is_paused = false;
  #next_offset: number | undefined;
  #arrived: () => void = () => undefined;

  constructor(readonly options: LaneOptions) {
    this.#queue = new LaneQueue(options.bound_bytes);
    this.#running = this.#run();
  }

  /** Of what is not taken yet, by the brokers' clock. */
  get oldest_at_ms(): number | undefined {
    return this.#queue.oldest_at_ms;
  }

  push(message: Queued): void {
    this.#queue.push(message);
    this.#balance();
    this.#arrived();
  }

  /** What was taken last, when there is something: the brokers may not have heard of it. */
  commitAgain(): void {
    if (this.#next_offset !== undefined) this.options.commit(this.#next_offset);
  }

  /** The partition is another's now, or the bus closes; what waits here is read again by whoever has it next. */
  async end(): Promise<void> {
    this.#ending.abort();
    this.#arrived();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    let attempt = 0;
    while (!signal.aborted) {
      await this.#gather();
      if (signal.aborted) return;
      try {
        await this.#handOver();
        attempt = 0;
      } catch (error) {
        if (signal.aborted) return;
        attempt += 1;
        const lane = this.options.name;
        this.options.log('warn', 'Messages were not taken; they are handed over again', {
          lane,
          attempt,
          error: messageOf(error),
        });
        await sleep(backOffMs(attempt), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #handOver(): Promise<void> {
    const given = this.#queue.all();
    const taken = await this.options.handler(given.map(({ arrival }) => arrival));
    const last = given[taken - 1];
    if (last === undefined) {
      this.#queue.stretch();
      this.#balance();
      await this.#untilMoreThan(given.length);
      return;
    }
    // Taken is taken: a lane that was lost meanwhile is only committed in vain.
    this.#next_offset = last.arrival.place.offset + 1;
    this.commitAgain();
    this.#queue.drop(taken);
    this.#balance();
  }

  /** Until there is something, and then so long as it pays to put more into one insert. */
  async #gather(): Promise<void> {
    await this.#untilMoreThan(0);
    const deadline_ms = performance.now() + this.options.gather_ms;
    while (!this.#ending.signal.aborted && !this.#queue.is_full) {
      const left_ms = deadline_ms - performance.now();
      if (left_ms <= 0) return;
      await sleep(Math.min(left_ms, least_wait_ms));
    }
  }

  async #untilMoreThan(count: number): Promise<void> {
    while (this.#queue.length <= count && !this.#ending.signal.aborted) {
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  #balance(): void {
    const is_full = this.#queue.is_full;
    if (is_full === this.#is_paused) return;
    this.#is_paused = is_full;
    this.options.setPaused(is_full);
  }
}
