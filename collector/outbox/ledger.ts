import type { PendingBatch } from './outbox.js';
import type { BatchHead, RecordHead } from './records.js';
import type { Location } from './segment-log.js';

export interface PendingEntry extends PendingBatch {
  readonly sequence: number;
  /** Of the lease it was read under; 0 where nobody shares. Batches of two terms are never merged. */
  readonly term: number;
  readonly location: Location;
}

export interface StateEntry {
  readonly instance_id: string;
  readonly aspect: string;
  readonly sequence: number;
  readonly location: Location;
}

/** What of the log still counts: pending batches and the latest counter states. Rebuilt by replaying the log. */
export class Ledger {
  /** Oldest first, but for a merged batch, which comes last and takes the place of its oldest. */
  readonly #batches = new Map<string, PendingEntry>();
  #is_in_order = true;
  readonly #states = new Map<string, StateEntry>();
  #next_sequence = 1;
  #newest_sequence = 0;

  nextSequence(): number {
    return this.#next_sequence++;
  }

  apply(head: RecordHead, location: Location): void {
    if (head.kind === 'append') this.#append(head, location);
    else if (head.kind === 'acknowledge') this.#batches.delete(head.batch_id);
    else if (head.kind === 'claim') this.#claim(head.batch_id);
    else this.#forget(head.instance_id);
  }

  #append(head: Extract<RecordHead, { kind: 'append' }>, location: Location): void {
    this.#next_sequence = Math.max(this.#next_sequence, head.sequence + 1);
    for (const batch_id of head.replaces ?? []) this.#batches.delete(batch_id);
    if (head.batch !== undefined) this.#addBatch(head.batch, head.sequence, head.is_claimed ?? false, location);
    if (head.state === undefined) return;
    const { instance_id, aspect } = head.state;
    const known = this.#states.get(stateKey(instance_id, aspect));
    if (known !== undefined && known.sequence > head.sequence) return;
    this.#states.set(stateKey(instance_id, aspect), { instance_id, aspect, sequence: head.sequence, location });
  }

  #addBatch(batch: BatchHead, sequence: number, is_claimed: boolean, location: Location): void {
    const { batch_id, instance_id, aspect } = batch;
    if (sequence < this.#newest_sequence) this.#is_in_order = false;
    this.#newest_sequence = Math.max(this.#newest_sequence, sequence);
    this.#batches.set(batch_id, {
      batch_id,
      instance_id,
      aspect,
      sequence,
      term: batch.reader?.term ?? 0,
      size_bytes: batch.tables.reduce((sum, table) => sum + table.ndjson_bytes, batch.reader?.state.length ?? 0),
      is_claimed: is_claimed || (this.#batches.get(batch_id)?.is_claimed ?? false),
      location,
    });
  }

  #claim(batch_id: string): void {
    const entry = this.#batches.get(batch_id);
    if (entry !== undefined) this.#batches.set(batch_id, { ...entry, is_claimed: true });
  }

  #forget(instance_id: string): void {
    for (const [key, state] of this.#states) if (state.instance_id === instance_id) this.#states.delete(key);
  }

  batch(batch_id: string): PendingEntry | undefined {
    return this.#batches.get(batch_id);
  }

  state(instance_id: string, aspect: string): StateEntry | undefined {
    return this.#states.get(stateKey(instance_id, aspect));
  }

  batches(): PendingEntry[] {
    if (!this.#is_in_order) this.#putInOrder();
    return [...this.#batches.values()];
  }

  #putInOrder(): void {
    const entries = [...this.#batches].sort(([, one], [, other]) => one.sequence - other.sequence);
    this.#batches.clear();
    for (const [batch_id, entry] of entries) this.#batches.set(batch_id, entry);
    this.#is_in_order = true;
  }

  batchesIn(segment: number): PendingEntry[] {
    return this.batches().filter((entry) => entry.location.segment === segment);
  }

  statesIn(segment: number): StateEntry[] {
    return [...this.#states.values()].filter((entry) => entry.location.segment === segment);
  }

  /** Bytes of the records that hold something still needed. */
  liveBytes(): number {
    const records = new Map<string, number>();
    for (const { location } of [...this.#batches.values(), ...this.#states.values()]) {
      records.set(`${location.segment}:${location.offset}`, location.size_bytes);
    }
    return [...records.values()].reduce((sum, size) => sum + size, 0);
  }
}

const stateKey = (instance_id: string, aspect: string): string => `${instance_id}\n${aspect}`;
