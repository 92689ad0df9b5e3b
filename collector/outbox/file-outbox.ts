import type { Batch } from '@plumbline/contracts';
import { Ledger, type PendingEntry } from './ledger.js';
import type { DirectoryLock } from './lock.js';
import { largestGroup } from './merge-choice.js';
import { mergeBatches } from './merge.js';
import { OutboxError, type AppendRequest, type Outbox, type OutboxOptions, type PendingBatch } from './outbox.js';
import { decodeBatch, decodeHead, decodeState, encodeAppend, encodeHead, type RecordHead } from './records.js';
import { Reserve } from './reserve.js';
import { SegmentLog } from './segment-log.js';

const largest_segment_bytes = 8 * 2 ** 20;
const smallest_segment_bytes = 16 * 2 ** 10;
const segments_in_bound = 32;
/** Appends stop here; the rest is room to merge and to move records in. */
const share_for_appends = 0.75;
/** Less garbage than this is not worth moving live records for. */
const garbage_worth_moving = 1 / 16;

/** Outbox over a segment log. Every change goes through one queue, so that the log and the ledger never disagree. */
export class FileOutbox implements Outbox {
  #last: Promise<unknown> = Promise.resolve();
  #is_closed = false;

  private constructor(
    readonly log: SegmentLog,
    readonly ledger: Ledger,
    readonly reserve: Reserve,
    readonly options: OutboxOptions,
    readonly lock: DirectoryLock,
  ) {}

  static async open(directory: string, options: OutboxOptions, lock: DirectoryLock): Promise<FileOutbox> {
    const ledger = new Ledger();
    const share = Math.floor(options.max_bytes / segments_in_bound);
    const segment_bytes = Math.min(largest_segment_bytes, Math.max(smallest_segment_bytes, share));
    const log = await SegmentLog.open(directory, segment_bytes, options.log, (payload, location) =>
      ledger.apply(decodeHead(payload), location),
    );
    // A segment's worth: enough to mark all its batches and to move the states that it holds.
    const reserve = await Reserve.open(directory, segment_bytes);
    return new FileOutbox(log, ledger, reserve, options, lock);
  }

  get size_bytes(): number {
    return this.log.size_bytes;
  }

  /** Of the log alone. */
  get #bound_bytes(): number {
    return this.options.max_bytes - this.reserve.size_bytes;
  }

  pending(): readonly PendingBatch[] {
    return this.ledger.batches();
  }

  readState(instance_id: string, aspect: string): Promise<unknown> {
    return this.#inTurn(async () => {
      const entry = this.ledger.state(instance_id, aspect);
      if (entry === undefined) return undefined;
      const json = decodeState(await this.log.read(entry.location));
      return json === undefined ? undefined : (JSON.parse(json) as unknown);
    });
  }

  append({ batch, state }: AppendRequest): Promise<void> {
    return this.#inTurn(async () => {
      const json = state === undefined ? undefined : { ...state, json: JSON.stringify(state.value) };
      const payload = encodeAppend({ sequence: this.ledger.nextSequence(), batch, state: json });
      await this.#makeRoom(payload.length);
      await this.#regainReserve();
      await this.#write(payload);
    });
  }

  claim(batch_id: string): Promise<Batch | undefined> {
    return this.#inTurn(async () => {
      const entry = this.ledger.batch(batch_id);
      if (entry === undefined) return undefined;
      const batch = await this.#readBatch(entry);
      if (!entry.is_claimed) await this.#writeFromReserve(encodeHead({ kind: 'claim', batch_id }));
      return batch;
    });
  }

  acknowledge(batch_id: string): Promise<void> {
    return this.#inTurn(async () => {
      const head: RecordHead = { kind: 'acknowledge', batch_id };
      try {
        // Not fsynced: a lost acknowledgement only repeats an insert under its own token.
        await this.#writeFromReserve(encodeHead(head), false);
      } catch (error) {
        this.ledger.apply(head, { segment: 0, offset: 0, size_bytes: 0 });
        this.options.log('warn', 'An acknowledgement could not be written; after a restart the batch is sent again', {
          batch_id,
          error: messageOf(error),
        });
      }
      await this.#dropSpentSegments();
    });
  }

  forget(instance_id: string): Promise<void> {
    return this.#inTurn(() => this.#write(encodeHead({ kind: 'forget', instance_id })));
  }

  async close(): Promise<void> {
    if (this.#is_closed) return;
    await this.#inTurn(async () => {
      this.#is_closed = true;
      await this.log.close();
    });
    await this.lock.release();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => {
      if (this.#is_closed) throw new OutboxError('The outbox is closed', '');
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(payload: Buffer, is_durable = true): Promise<void> {
    try {
      this.ledger.apply(decodeHead(payload), await this.log.append(payload, is_durable));
    } catch (error) {
      throw new OutboxError(`The outbox could not be written: ${messageOf(error)}`, this.#diskFix, { cause: error });
    }
  }

  /** For what lets the outbox shrink. */
  async #writeFromReserve(payload: Buffer, is_durable = true): Promise<void> {
    try {
      await this.#write(payload, is_durable);
    } catch (error) {
      if (!isDiskFull(error) || !(await this.reserve.spend())) throw error;
      this.options.log('warn', 'The disk under the outbox is full: its reserve is used to deliver what it holds', {});
      await this.#write(payload, is_durable);
    }
  }

  /** A reading waits until the reserve is whole again: room that was given back is for delivering. */
  async #regainReserve(): Promise<void> {
    while (this.reserve.is_spent && !(await this.reserve.fill())) {
      const garbage_bytes = this.log.size_bytes - this.ledger.liveBytes();
      if (garbage_bytes >= this.reserve.size_bytes && (await this.#moveOldest())) continue;
      throw new OutboxError(`The disk of ${this.log.directory} is full (ENOSPC)`, this.#diskFix);
    }
  }

  get #diskFix(): string {
    return `Free space on the disk of ${this.log.directory}, or mend it; what was collected so far is kept.`;
  }

  async #readBatch(entry: PendingEntry): Promise<Batch> {
    const batch = decodeBatch(await this.log.read(entry.location));
    if (batch === undefined) throw new Error(`the outbox's record of ${entry.batch_id} holds no batch`);
    return batch;
  }

  async #makeRoom(bytes: number): Promise<void> {
    const bound = Math.floor(this.#bound_bytes * share_for_appends);
    while (this.log.size_bytes + bytes > bound) {
      if (await this.#dropSpentSegments()) continue;
      if (this.#hasGarbage() && (await this.#moveOldest())) continue;
      if (await this.#mergeLargest()) continue;
      throw new OutboxError(
        `The outbox is full: ${this.log.size_bytes} of ${this.options.max_bytes} bytes and nothing left to merge`,
        'Bring the store back, or raise the bound of the outbox. Readings wait until then; no counter is lost.',
      );
    }
  }

  #hasGarbage(): boolean {
    return this.log.size_bytes - this.ledger.liveBytes() > this.options.max_bytes * garbage_worth_moving;
  }

  /** Removes old segments that hold no pending batch; the few states left in them are written again first. */
  async #dropSpentSegments(): Promise<boolean> {
    let dropped = false;
    while (this.log.oldest !== this.log.active && this.ledger.batchesIn(this.log.oldest).length === 0) {
      if (!(await this.#moveOldest())) return dropped;
      dropped = true;
    }
    return dropped;
  }

  /** Writes what still counts in the oldest segment to the newest, then removes it. False when there is no room. */
  async #moveOldest(): Promise<boolean> {
    if (this.log.oldest === this.log.active) await this.log.roll();
    const segment = this.log.oldest;
    const batches = this.ledger.batchesIn(segment);
    const states = this.ledger.statesIn(segment);
    const needed = [...batches, ...states].reduce((sum, entry) => sum + entry.location.size_bytes, 0);
    if (this.log.size_bytes + needed > this.#bound_bytes) return false;
    try {
      for (const entry of batches) {
        const { sequence, is_claimed } = entry;
        await this.#write(encodeAppend({ sequence, is_claimed, batch: await this.#readBatch(entry) }));
      }
      for (const { instance_id, aspect, sequence, location } of states) {
        const json = decodeState(await this.log.read(location));
        if (json !== undefined) await this.#write(encodeAppend({ sequence, state: { instance_id, aspect, json } }));
      }
      await this.log.removeOldest();
      return true;
    } catch (error) {
      this.options.log('warn', 'A part of the outbox could not be compacted', { error: messageOf(error) });
      return false;
    }
  }

  /** Folds the oldest batches of the (instance, aspect, term) that takes most room. False when there is nothing to fold. */
  async #mergeLargest(): Promise<boolean> {
    const room = this.#bound_bytes - this.log.size_bytes;
    const chosen = largestGroup(this.ledger.batches(), room);
    if (chosen.length < 2) return false;
    const batches: Batch[] = [];
    for (const entry of chosen) batches.push(await this.#readBatch(entry));
    const merged = await mergeBatches(batches, this.ledger.nextSequence());
    const replaces = chosen.map((entry) => entry.batch_id);
    await this.#write(encodeAppend({ sequence: chosen[0]?.sequence ?? 0, batch: merged, replaces }));
    this.options.log('warn', 'The outbox is at its bound: windows were merged, sums stay exact', {
      instance_id: merged.instance_id,
      aspect: merged.aspect,
      merged_batches: replaces.length,
      window_start: merged.window_start,
      window_end: merged.window_end,
    });
    return true;
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof OutboxError && ['ENOSPC', 'EDQUOT'].includes((error.cause as NodeJS.ErrnoException).code ?? '');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
