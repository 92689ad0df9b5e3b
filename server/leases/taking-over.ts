import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@plumbline/clickhouse';
import type { Bus, Log, Outbox } from '@plumbline/collector';
import { Fences } from './fences.js';
import type { Left, Orphan } from './fences.js';
import { replaceStates, takeOver } from './handed-over.js';
import type { Won } from './leases.js';

export interface TakingOverOptions {
  readonly store: Store;
  /** Unfenced. */
  readonly outbox: Outbox;
  readonly bus: Pick<Bus, 'publish'>;
  readonly collector_id: string;
  /** False: what a killed collector's counters stood at is not known, and its instances are read anew. */
  readonly ship_states: boolean;
  readonly lapse_s: number;
  readonly log: Log;
}

export interface WonInstance extends Won {
  readonly instance_id: string;
}

const poll_ms = 250;
/** Of a lapse may be spent waiting for sinks in one round, as leases must be renewed meanwhile. */
const waiting_share = 1 / 6;

/** What an instance's counters stood at when its last owner ended, put into the outbox of the next. */
export class TakingOver {
  readonly #fences: Fences;
  readonly #stopping = new AbortController();

  constructor(readonly options: TakingOverOptions) {
    this.#fences = new Fences(options.store, options.bus, options.log);
  }

  /** Ends the waiting of a round. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Those that may be read now; the others rest until a sink has stored what was sent before, and are asked again. */
  async prepare(won: readonly WonInstance[]): Promise<readonly WonInstance[]> {
    const ready: WonInstance[] = [];
    const orphans: WonInstance[] = [];
    for (const one of won) ((await this.#isKnown(one)) ? ready : orphans).push(one);
    return [...ready, ...(await this.#adopt(orphans))];
  }

  /** Our own states when nobody read since; the last owner's if it left them; none of an instance that is new. */
  async #isKnown({ instance_id, term, last, was_claimed_since }: WonInstance): Promise<boolean> {
    const { outbox, store, collector_id, ship_states, log } = this.options;
    const fields = { instance_id, term, before: last?.holder ?? '' };
    // Whoever claimed it may have sent a fence: from then on only what was stored before that counts.
    if (last !== undefined && was_claimed_since && ship_states) return false;
    if (last?.holder === collector_id) {
      log('info', 'An instance is read on from where we left it', fields);
      return true;
    }
    const states = await takeOver({ instance_id, term: last?.term ?? 0 }, outbox, store);
    if (states > 0) log('info', 'An instance is read on from where its last collector left it', fields);
    else if (last === undefined) log('info', 'An instance is read from now on', fields);
    else if (ship_states) return false;
    else log('warn', anew, fields);
    return true;
  }

  async #adopt(orphans: readonly WonInstance[]): Promise<readonly WonInstance[]> {
    for (const orphan of orphans) this.#fences.raise(orphanOf(orphan));
    const adopted: WonInstance[] = [];
    const lapse_ms = this.options.lapse_s * 1000;
    const deadline_ms = performance.now() + lapse_ms * waiting_share;
    let waiting = orphans.map((won) => ({ won, orphan: orphanOf(won) }));
    while (waiting.length > 0) {
      const passed = await this.#fences.passed(
        waiting.map(({ orphan }) => orphan),
        AbortSignal.timeout(lapse_ms),
      );
      for (const { won, orphan } of waiting) {
        const left = passed.get(orphan);
        if (left !== undefined) await this.#goOn(won, left);
        if (left !== undefined) adopted.push(won);
      }
      waiting = waiting.filter(({ orphan }) => !passed.has(orphan));
      if (performance.now() >= deadline_ms || this.#stopping.signal.aborted) break;
      if (waiting.length > 0) await sleep(poll_ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    if (waiting.length > 0) {
      const instances = waiting.map(({ won }) => won.instance_id);
      this.options.log('warn', 'Instances rest until a sink has stored what their last collectors sent', { instances });
    }
    return adopted;
  }

  async #goOn({ instance_id, term, last }: WonInstance, { states, untold }: Left): Promise<void> {
    await replaceStates(instance_id, states, this.options.outbox);
    const aspects = states.map(({ aspect }) => aspect);
    const fields = { instance_id, term, before: last?.holder ?? '', aspects };
    if (states.length === 0) this.options.log('warn', anew, fields);
    else if (untold.length > 0) this.options.log('warn', `${anew} (some aspects)`, { ...fields, read_anew: untold });
    else this.options.log('info', 'An instance is read on from what its last collector had stored', fields);
  }
}

const orphanOf = ({ instance_id, term }: WonInstance): Orphan => ({ instance_id, term });
const anew = 'An instance is read anew: what happened since its last collector died is in no interval';
