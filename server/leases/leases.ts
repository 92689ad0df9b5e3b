import type { LeaseEntry, LeaseTable, LeaseWord } from './lease-table.js';

/** A lease that is ours to take up, and who really acted under it last: undefined when nobody is known to have. */
export interface Won {
  readonly lease_name: string;
  readonly term: number;
  readonly last: { readonly holder: string; readonly term: number } | undefined;
  /** It was claimed since by whomever, who may have begun to take over: a fence may be on its way. */
  readonly was_claimed_since: boolean;
}

interface Standing {
  readonly term: number;
  readonly held_term: number;
  /** This process acts under it; after a restart what the process before held must be taken up anew. */
  readonly is_taken_up: boolean;
  /** On this process's monotonic clock, counted from before the write: the store never thinks it shorter. */
  readonly valid_until_ms: number;
}

/**
 * Leases in the store, for processes that share nothing else. Nobody holds a lease because its row was written, only
 * because it looked again afterwards and saw no rival: of two that write at once at least one sees the other.
 */
export class Leases {
  readonly #standing = new Map<string, Standing>();

  constructor(
    readonly table: LeaseTable,
    readonly lapse_ms: number,
    readonly now_ms: () => number = () => performance.now(),
  ) {}

  get holder(): string {
    return this.table.holder;
  }

  /** Asked right before acting: false as soon as another process may have taken over. */
  holds(lease_name: string): boolean {
    const standing = this.#standing.get(lease_name);
    return standing?.is_taken_up === true && this.now_ms() < standing.valid_until_ms;
  }

  /** Renews what is held and claims what is free; gives what was won and is not taken up yet. */
  async seek(lease_names: readonly string[]): Promise<readonly Won[]> {
    const words = await this.table.words(lease_names, this.#patience());
    const open = lease_names.filter((name) =>
      rivals(words, name, this.holder).every(({ is_in_force }) => !is_in_force),
    );
    const taken = lease_names.filter((name) => !open.includes(name));
    for (const name of taken) this.#standing.delete(name);
    await this.#giveWay(taken, words);
    const entries = open.map((name) => this.#entryFor(name, words));
    const confirmed = await this.#confirm(entries);
    return confirmed
      .filter(({ lease_name }) => this.#standing.get(lease_name)?.is_taken_up === false)
      .map(({ lease_name, term }) => {
        const last = lastOwner(words, lease_name);
        const was_claimed_since = words.some((word) => word.lease_name === lease_name && word.term > (last?.term ?? 0));
        return { lease_name, term, last, was_claimed_since };
      });
  }

  /** Begins to hold what was won: only now does the next owner know that somebody acted under these terms. */
  async takeUp(lease_names: readonly string[]): Promise<void> {
    const entries = lease_names.flatMap((lease_name) => {
      const standing = this.#standing.get(lease_name);
      if (standing === undefined) return [];
      return [{ lease_name, term: standing.term, held_term: standing.term, lapse_ms: this.lapse_ms }];
    });
    await this.#confirm(entries, true);
  }

  termOf(lease_name: string): number | undefined {
    return this.#standing.get(lease_name)?.term;
  }

  /** From here on `holds` says no; the store is told so that nobody waits for the lapse. */
  async release(lease_names: readonly string[]): Promise<void> {
    const entries = lease_names.flatMap((lease_name) => {
      const standing = this.#standing.get(lease_name);
      if (standing === undefined) return [];
      return [{ lease_name, term: standing.term, held_term: standing.held_term, lapse_ms: 0 }];
    });
    for (const name of lease_names) this.#standing.delete(name);
    await this.table.write(entries, this.#patience());
  }

  /**
   * A term is one unbroken holding by one process, from its claim on: states left under it are those it ended with, and a
   * claim that is not taken up yet keeps its term while what it needs comes.
   */
  #entryFor(lease_name: string, words: readonly LeaseWord[]): LeaseEntry {
    const all = words.filter((word) => word.lease_name === lease_name);
    const mine = all.find(({ holder }) => holder === this.holder);
    const standing = this.#standing.get(lease_name);
    const highest = Math.max(0, ...all.map(({ term }) => term));
    const is_unbroken = mine?.is_in_force === true && standing?.term === highest;
    const term = is_unbroken ? highest : highest + 1;
    return { lease_name, term, held_term: mine?.held_term ?? 0, lapse_ms: this.lapse_ms };
  }

  async #confirm(entries: readonly LeaseEntry[], takes_up = false): Promise<readonly LeaseEntry[]> {
    if (entries.length === 0) return [];
    const sent_ms = this.now_ms();
    await this.table.write(entries, this.#patience());
    const names = entries.map(({ lease_name }) => lease_name);
    const words = await this.table.words(names, this.#patience());
    const isUndisputed = ({ lease_name, term }: LeaseEntry): boolean =>
      rivals(words, lease_name, this.holder).every((rival) => !rival.is_in_force && rival.term < term);
    const confirmed = entries.filter(isUndisputed);
    for (const { lease_name, term, held_term } of confirmed) {
      const before = this.#standing.get(lease_name);
      const is_taken_up = takes_up || (before?.is_taken_up === true && before.term === term);
      this.#standing.set(lease_name, { term, held_term, is_taken_up, valid_until_ms: sent_ms + this.lapse_ms });
    }
    const disputed = entries.filter((entry) => !isUndisputed(entry));
    for (const { lease_name } of disputed) this.#standing.delete(lease_name);
    const yielded = disputed.filter(({ lease_name }) => !this.#isFirst(words, lease_name));
    await this.table.write(
      yielded.map((entry) => ({ ...entry, lapse_ms: 0 })),
      this.#patience(),
    );
    return confirmed;
  }

  /**
   * A claim of ours that still stands beside a rival's: each saw some of the others only, and let its own stand. All but
   * the first withdraw, or nobody could hold the lease until the last claim lapses.
   */
  async #giveWay(lease_names: readonly string[], words: readonly LeaseWord[]): Promise<void> {
    const withdrawn = words.filter(
      ({ holder, lease_name, is_in_force }) =>
        holder === this.holder && is_in_force && lease_names.includes(lease_name) && !this.#isFirst(words, lease_name),
    );
    await this.table.write(
      withdrawn.map(({ lease_name, term, held_term }) => ({ lease_name, term, held_term, lapse_ms: 0 })),
      this.#patience(),
    );
  }

  /** Of those in dispute one lets its claim stand, which keeps others away, and holds it when it sees itself alone. */
  #isFirst(words: readonly LeaseWord[], lease_name: string): boolean {
    const disputing = rivals(words, lease_name, this.holder).filter(({ is_in_force }) => is_in_force);
    return disputing.length > 0 && disputing.every(({ holder }) => this.holder < holder);
  }

  /** A statement that takes longer would come too late in any case. */
  readonly #patience = (): AbortSignal => AbortSignal.timeout(this.lapse_ms);
}

const rivals = (words: readonly LeaseWord[], lease_name: string, holder: string): readonly LeaseWord[] =>
  words.filter((word) => word.lease_name === lease_name && word.holder !== holder);

function lastOwner(words: readonly LeaseWord[], lease_name: string): Won['last'] {
  const owners = words.filter((word) => word.lease_name === lease_name && word.held_term > 0);
  const last = owners.reduce<LeaseWord | undefined>(
    (best, word) => (best === undefined || word.held_term > best.held_term ? word : best),
    undefined,
  );
  return last && { holder: last.holder, term: last.held_term };
}
