import { utc } from '@plumbline/contracts';
import type { Batch, Reader } from '@plumbline/contracts';
import { groupId } from './group.js';
import type { Placed, PlacedBatch } from './group.js';
import type { StoreWriter } from './store-writer.js';

/** Where the owner of a term went on: the last reading of an aspect that was stored before its fence came by. */
interface Base {
  readonly aspect: string;
  readonly term: number;
  readonly sequence: number;
}

interface Fence {
  readonly term: number;
  readonly bases: readonly Base[];
}

/** A batch whose counters the owner of `fence_term` counts again. */
export interface Superseded {
  readonly message: PlacedBatch;
  readonly fence_term: number;
}

export interface Sorted {
  /** In their order. */
  readonly all: readonly Placed[];
  readonly superseded: readonly Superseded[];
}

type Place = Pick<Reader, 'term' | 'sequence'>;
const isLater = (one: Place, other: Place): boolean =>
  one.term > other.term || (one.term === other.term && one.sequence > other.sequence);

/**
 * The tables `reader_states` and `reader_fences` of one lane: the rule by which every counter is counted once though its
 * collector was killed (docs/decisions/0011-roles.md). What a lane's sink knows of fences changes only when it takes one
 * in itself, so it is asked once per instance, and again when the lane may have had another sink.
 */
export class Readers {
  readonly #fences = new Map<string, Promise<readonly Fence[]>>();

  constructor(readonly writer: StoreWriter) {}

  /** The lane may have had another sink, who may have taken fences in. */
  forget(): void {
    this.#fences.clear();
  }

  /**
   * Which of them another owner counts again. These get an id of their own, because the new owner may read an interval
   * again under the same batch_id. What was decided stays so: a fence's bases are all that was stored before it.
   */
  async sort(messages: readonly Placed[]): Promise<Sorted> {
    const all: Placed[] = [];
    const superseded: Superseded[] = [];
    for (const message of messages) {
      const fence_term = 'batch' in message ? await this.#supersededBy(message.batch) : undefined;
      if (!('batch' in message) || fence_term === undefined) {
        all.push(message);
        continue;
      }
      const renamed = { ...message, id: `superseded:${message.batch.reader?.term}:${message.id}` };
      all.push(renamed);
      superseded.push({ message: renamed, fence_term });
    }
    return { all, superseded };
  }

  async tell(superseded: readonly Superseded[]): Promise<void> {
    const written_at = utc(new Date());
    const rows = superseded.map(({ message: { batch, place }, fence_term }) => ({
      instance_id: batch.instance_id,
      aspect: batch.aspect,
      term: batch.reader?.term,
      sequence: batch.reader?.sequence,
      superseded_by_term: fence_term,
      batch_id: batch.batch_id,
      row_count: batch.tables.reduce((sum, { row_count }) => sum + row_count, 0),
      lane: place.lane,
      message_offset: place.offset,
      written_at,
    }));
    const ids = superseded.map(({ message }) => message.id);
    await this.writer.insertOwn('superseded_batches', rows, groupId(ids));
  }

  async #supersededBy({ instance_id, aspect, reader }: Batch): Promise<number | undefined> {
    if (reader === undefined) return undefined;
    const fences = await this.#fencesOf(instance_id);
    const fence = fences.find(({ term, bases }) => {
      const base = bases.find((one) => one.aspect === aspect);
      return reader.term < term && base !== undefined && isLater(reader, base);
    });
    return fence?.term;
  }

  /** What these messages say of their readers. Repeated under the same group it is the same insert. */
  async write(group_id: string, messages: readonly Placed[], beforeAttempt: () => Promise<void>): Promise<void> {
    await beforeAttempt();
    const written_at = utc(new Date());
    const last = new Map<string, object>();
    for (const message of messages) {
      if (!('batch' in message)) continue;
      const { instance_id, aspect, reader, fence } = message.batch;
      if (reader !== undefined)
        last.set(`${instance_id}\n${aspect}\n${reader.term}`, { instance_id, aspect, ...reader, written_at });
      if (fence !== undefined) await this.#takeIn(group_id, instance_id, fence.term, written_at);
    }
    if (last.size > 0) await this.writer.insertOwn('reader_states', [...last.values()], `${group_id}:reader_states`);
  }

  /** All that came before it in its lane is stored, and nothing of what comes after. */
  async #takeIn(group_id: string, instance_id: string, term: number, written_at: string): Promise<void> {
    const bases = await this.#lastStates(instance_id, term);
    const passed = { aspect: '', term: 0, sequence: 0 };
    const rows = [passed, ...bases].map((base) => ({
      instance_id,
      term,
      aspect: base.aspect,
      base_term: base.term,
      base_sequence: base.sequence,
      written_at,
    }));
    await this.writer.insertOwn('reader_fences', rows, `${group_id}:reader_fences`);
    this.#fences.delete(instance_id);
  }

  /** A state that does not travel is no base: its aspect is read anew, and nothing of it is counted again. */
  async #lastStates(instance_id: string, before_term: number): Promise<readonly Base[]> {
    const rows = await this.writer.query<Record<keyof Base, string> & { readonly travels: number }>(
      `SELECT aspect, term, sequence, state != '' AS travels FROM reader_states
       WHERE instance_id = {instance_id:String} AND term < {before_term:UInt64}
       ORDER BY term DESC, sequence DESC LIMIT 1 BY aspect`,
      { instance_id, before_term },
    );
    return rows
      .filter(({ travels }) => Boolean(travels))
      .map(({ aspect, term, sequence }) => ({ aspect, term: Number(term), sequence: Number(sequence) }));
  }

  #fencesOf(instance_id: string): Promise<readonly Fence[]> {
    const known = this.#fences.get(instance_id) ?? this.#readFences(instance_id);
    this.#fences.set(instance_id, known);
    known.catch(() => this.#fences.delete(instance_id));
    return known;
  }

  async #readFences(instance_id: string): Promise<readonly Fence[]> {
    const rows = await this.writer.query<{ term: string; aspect: string; base_term: string; base_sequence: string }>(
      `SELECT DISTINCT term, aspect, base_term, base_sequence FROM reader_fences
       WHERE instance_id = {instance_id:String} AND aspect != ''`,
      { instance_id },
    );
    const terms = [...new Set(rows.map(({ term }) => Number(term)))];
    return terms.map((term) => ({
      term,
      bases: rows
        .filter((row) => Number(row.term) === term)
        .map((row) => ({ aspect: row.aspect, term: Number(row.base_term), sequence: Number(row.base_sequence) })),
    }));
  }
}
