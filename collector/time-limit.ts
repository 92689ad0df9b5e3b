import type { TimeLimit } from '@plumbline/contracts';

/** Aborts once `limit_ms` have passed that were not paused. Pauses nest. `end` when the work is done. */
export class ReadingLimit implements TimeLimit {
  readonly #abort = new AbortController();
  #left_ms: number;
  #running_since_ms = 0;
  #timer: NodeJS.Timeout | undefined;
  #pauses = 0;

  constructor(readonly limit_ms: number) {
    this.#left_ms = limit_ms;
    this.#run();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  pause(): void {
    if (this.#pauses++ > 0) return;
    clearTimeout(this.#timer);
    this.#left_ms -= performance.now() - this.#running_since_ms;
  }

  resume(): void {
    if (this.#pauses > 0 && --this.#pauses === 0) this.#run();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#pauses = Infinity;
  }

  #run(): void {
    this.#running_since_ms = performance.now();
    this.#timer = setTimeout(() => this.#abort.abort(), this.#left_ms);
  }
}
