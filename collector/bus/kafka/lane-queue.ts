import type { Arrival } from '../bus.js';

/** One message of a lane, with its size for the bounds. */
export interface Queued {
  readonly arrival: Arrival & { readonly place: { readonly lane: string; readonly offset: number } };
  readonly size_bytes: number;
  /** When the brokers had it, by their clock. */
  readonly kept_at_ms: number;
}

/** Messages of one lane that wait for the handler, within bounds. */
export class LaneQueue {
  #messages: Queued[] = [];
  #bytes = 0;
  /** The handler asked to see more than the bound allows. */
  #is_stretched = false;

  constructor(readonly bound_bytes: number) {}

  get length(): number {
    return this.#messages.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get is_full(): boolean {
    return this.#bytes >= this.bound_bytes && !this.#is_stretched;
  }

  /** Undefined when nothing waits. */
  get oldest_at_ms(): number | undefined {
    return this.#messages[0]?.kept_at_ms;
  }

  push(message: Queued): void {
    this.#messages.push(message);
    this.#bytes += message.size_bytes;
  }

  /** As of now: what comes while the handler looks at it is not in it. */
  all(): readonly Queued[] {
    return [...this.#messages];
  }

  /** The first `count` are through. */
  drop(count: number): void {
    for (const { size_bytes } of this.#messages.slice(0, count)) this.#bytes -= size_bytes;
    this.#messages = this.#messages.slice(count);
    this.#is_stretched = false;
  }

  stretch(): void {
    this.#is_stretched = true;
  }
}
