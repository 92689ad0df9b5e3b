import type { Edition } from './edition.js';
import type { Pace } from './options.js';

/** What Dremio counts apart. Every request counts as `all` too. */
export type Endpoint = 'job' | 'results' | 'other';
type Counted = Endpoint | 'all';
export type PerMinute = Readonly<Record<Counted, number>>;

/** Half of what Cloud grants one address over all its organizations: others behind the same address ask too. */
const cloud_per_minute: PerMinute = { all: 600, job: 50, results: 500, other: 600 };
/** Software sets no limit; ours keeps a loop of mistakes from becoming a storm. */
const software_per_minute: PerMinute = { all: 1_200, job: 600, results: 600, other: 600 };
/** So much may be asked at once after a rest. */
const burst_ms = 10_000;

/**
 * Spreads requests evenly once a burst is used up, and lets nobody ask while the server wants quiet (Retry-After). Shared
 * by everything that talks to one address.
 */
export class RateLimit {
  readonly #due: Record<Counted, number>;
  #quiet_until_ms = 0;

  constructor(
    readonly per_minute: PerMinute,
    readonly pace: Pace,
  ) {
    this.#due = { all: 0, job: 0, results: 0, other: 0 };
  }

  /** Waits for its turn. Rejects when `abort` does. */
  async take(endpoint: Endpoint, abort: AbortSignal): Promise<void> {
    const now = this.pace.now_ms();
    let turn = Math.max(now, this.#quiet_until_ms);
    for (const counted of ['all', endpoint] as const) {
      const due = Math.max(this.#due[counted], now) + 60_000 / this.per_minute[counted];
      this.#due[counted] = due;
      turn = Math.max(turn, due - burst_ms);
    }
    for (let rest = turn - now; rest > 0; rest = this.#quiet_until_ms - this.pace.now_ms()) {
      await this.pace.wait(rest, abort);
    }
  }

  /** How long nobody may ask yet. */
  get quiet_ms(): number {
    return Math.max(0, this.#quiet_until_ms - this.pace.now_ms());
  }

  quiet(ms: number): void {
    this.#quiet_until_ms = Math.max(this.#quiet_until_ms, this.pace.now_ms() + ms);
  }
}

const shared = new Map<string, RateLimit>();

/**
 * Cloud counts by the address that asks, whatever the project: one limit for all. Software: one per server. A limit
 * outlives its connection, so that connecting anew does not forget what the server asked for.
 */
export function rateLimitOf(edition: Edition, pace: Pace): RateLimit {
  const key = edition.id === 'cloud' ? 'cloud' : edition.origin;
  const known = shared.get(key);
  if (known !== undefined && known.pace === pace) return known;
  const made = new RateLimit(edition.id === 'cloud' ? cloud_per_minute : software_per_minute, pace);
  shared.set(key, made);
  return made;
}
