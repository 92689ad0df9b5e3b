import type { Batch } from '@plumbline/contracts';
import type { Log } from '../log.js';

export interface OutboxOptions {
  /** Bound of everything in the directory, in bytes. From three quarters of it on, the oldest batches are merged. */
  readonly max_bytes: number;
  readonly log: Log;
}

/** What is waiting, without its rows. */
export interface PendingBatch {
  readonly batch_id: string;
  readonly instance_id: string;
  readonly aspect: string;
  readonly size_bytes: number;
  /** Handed out once already: it may be in the store, so it keeps its id and is never merged. */
  readonly is_claimed: boolean;
}

export interface AppendRequest {
  /** Absent: nothing happened in the window, only the counter state moves on. */
  readonly batch?: Batch | undefined;
  /** The counter state after this batch: JSON. Absent: the state stays as it is. */
  readonly state?: { readonly instance_id: string; readonly aspect: string; readonly value: unknown } | undefined;
}

/** A reading could not be written ahead. Its rows are not lost: the counter state has not moved, the next one covers them. */
export class OutboxError extends Error {
  constructor(
    message: string,
    /** What a person does about it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'OutboxError';
  }
}

/**
 * Batches on their way to the store and the counter states they were made from, on disk. One process at a time.
 */
export interface Outbox {
  /** The state last appended for this aspect of this instance; undefined when there is none. */
  readState(instance_id: string, aspect: string): Promise<unknown>;
  /** Batch and state in one atomic, fsynced step: after a crash both are there or neither. Throws `OutboxError`. */
  append(request: AppendRequest): Promise<void>;
  /** Oldest first. */
  pending(): readonly PendingBatch[];
  /**
   * Takes a pending batch out for delivery: from here on it is never merged, also after a crash, because it may be in
   * the store under its id. Undefined when it is not pending any more.
   */
  claim(batch_id: string): Promise<Batch | undefined>;
  /** The store has it. */
  acknowledge(batch_id: string): Promise<void>;
  /** Drops the counter states of an instance that is monitored no longer. Its pending batches are still delivered. */
  forget(instance_id: string): Promise<void>;
  readonly size_bytes: number;
  close(): Promise<void>;
}
