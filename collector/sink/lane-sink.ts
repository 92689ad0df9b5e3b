import type { Log } from '../log.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import { groupId, planGroup, planRepeat } from './group.js';
import type { Placed, PlacedBatch } from './group.js';
import { insertGroup } from './insert-group.js';
import { LaneTaken } from './ledger.js';
import type { Intent, Ledger } from './ledger.js';
import { Readers } from './readers.js';
import type { Superseded } from './readers.js';
import type { StoreWriter } from './store-writer.js';

/** After so long a pause (a stopped process, a slow store) it is asked again whether the group is still ours. */
const confirm_after_ms = 10_000;

export interface LaneTools {
  readonly writer: StoreWriter;
  readonly ledger: Ledger;
  readonly dead_letters: DeadLetters;
  readonly log: Log;
  /** Called once per group stored. */
  readonly stored: (batches: number, rows: number) => void;
  /** So many batches of former owners came too late. */
  readonly superseded: (batches: number) => void;
}

/**
 * One lane's way into the store. The rule that lets nothing count twice (docs/decisions/0006-kafka.md): a group of
 * batches is written down as the lane's next number before it is inserted, and its batches as stored afterwards; who
 * finds a group begun and not finished repeats it with the same batches under the same tokens.
 */
export class LaneSink {
  /** The last group begun, by whomever; 'unread' when it must be asked. */
  #last: Intent | 'none' | 'unread' = 'unread';
  #is_finished = false;
  #taking: Promise<unknown> = Promise.resolve();
  readonly #readers: Readers;

  constructor(
    readonly lane: string,
    readonly tools: LaneTools,
  ) {
    this.#readers = new Readers(tools.writer);
  }

  /** How many from the front are through; 0 when more must be seen. One call at a time, also across a rebalance. */
  take(messages: readonly Placed[]): Promise<number> {
    const taking = this.#taking.then(() => this.#take(messages));
    this.#taking = taking.catch(() => undefined);
    return taking;
  }

  async #take(messages: readonly Placed[]): Promise<number> {
    try {
      const last = await this.#lastIntent();
      const { all, superseded } = await this.#readers.sort(messages);
      const stored = await this.tools.ledger.stored(all.map(({ id }) => id));
      const known = new Set([...stored, ...superseded.map(({ message }) => message.id)]);
      const through =
        last !== 'none' && !this.#is_finished
          ? await this.#repeat(all, known, last)
          : await this.#store(all, known, last === 'none' ? 1 : last.number + 1);
      await this.#tell(superseded.filter(({ message }) => all.indexOf(message) < through));
      return through;
    } catch (error) {
      this.#last = 'unread';
      this.#readers.forget();
      if (error instanceof LaneTaken) this.tools.log('warn', 'A lane has another sink', { lane: this.lane });
      throw error;
    }
  }

  async #lastIntent(): Promise<Intent | 'none'> {
    if (this.#last === 'unread') {
      const intent = await this.tools.ledger.lastIntent(this.lane);
      const stored = await this.tools.ledger.stored(intent?.batch_ids ?? []);
      this.#is_finished = intent?.batch_ids.every((id) => stored.has(id)) ?? true;
      this.#last = intent ?? 'none';
    }
    return this.#last;
  }

  async #store(messages: readonly Placed[], known: ReadonlySet<string>, number: number): Promise<number> {
    const { members, through } = planGroup(messages, known);
    const [first, last] = [members[0], members.at(-1)];
    if (first === undefined || last === undefined) return through;
    const batch_ids = members.map(({ id }) => id);
    const offsets = { first_offset: first.place.offset, last_offset: last.place.offset };
    const intent = { number, group_id: groupId(batch_ids), ...offsets, batch_ids };
    await this.tools.ledger.begin(this.lane, intent);
    this.#last = intent;
    this.#is_finished = false;
    await this.#insert(intent, members, performance.now());
    return through;
  }

  async #repeat(messages: readonly Placed[], known: ReadonlySet<string>, intent: Intent): Promise<number> {
    const plan = planRepeat(messages, known, intent);
    if (plan === 'more') return 0;
    if (plan === 'void') {
      await this.#giveUp(messages, intent);
      return this.#store(messages, new Set([...known, ...intent.batch_ids]), intent.number + 1);
    }
    this.tools.log('info', 'A group begun before is finished', { lane: this.lane, number: intent.number });
    await this.#insert(intent, plan.members, -Infinity);
    return plan.through;
  }

  async #insert(intent: Intent, members: readonly Placed[], begun_at_ms: number): Promise<void> {
    const { ledger, writer, dead_letters } = this.tools;
    let confirmed_at_ms = begun_at_ms;
    const beforeAttempt = async (): Promise<void> => {
      if (performance.now() - confirmed_at_ms < confirm_after_ms) return;
      await ledger.confirm(this.lane, intent);
      confirmed_at_ms = performance.now();
    };
    const rows = await insertGroup(intent.group_id, members, { writer, dead_letters, beforeAttempt });
    await this.#readers.write(intent.group_id, members, beforeAttempt);
    await ledger.finish(
      intent.group_id,
      members.map(({ id, place }) => ({ batch_id: id, place })),
    );
    this.#is_finished = true;
    this.tools.stored(members.filter(isBatch).length, rows);
  }

  async #tell(superseded: readonly Superseded[]): Promise<void> {
    if (superseded.length === 0) return;
    await this.#readers.tell(superseded);
    this.tools.superseded(superseded.length);
    const terms = superseded.map(({ fence_term }) => fence_term);
    const instances = [...new Set(superseded.map(({ message }) => message.batch.instance_id))];
    const fields = { lane: this.lane, batches: superseded.length, instances, superseded_by_term: Math.max(...terms) };
    this.tools.log('warn', 'Batches of a former owner came too late: the new owner counts them again', fields);
  }

  /**
   * The log is not the one that the dead sink read (recreated, or trimmed by retention): what it had begun to store can
   * neither be finished nor be known to be missing. It is told, and what came back of it is put aside, not counted.
   */
  async #giveUp(messages: readonly Placed[], intent: Intent): Promise<void> {
    const { ledger, dead_letters } = this.tools;
    const { batch_ids, group_id, first_offset, last_offset } = intent;
    const reason =
      `group ${intent.number} (offsets ${first_offset} to ${last_offset}) was being stored when its sink ended, and the ` +
      'topic does not have the same messages any more: its batches may be stored whole, in part or not at all';
    const place = { lane: this.lane, offset: first_offset };
    const of = { instance_id: '', aspect: '', batch_id: '', target_table: '' };
    await dead_letters.bury({ ...of, reason, raw: Buffer.from(JSON.stringify(batch_ids)), place });
    const back = messages.filter(({ id }) => batch_ids.includes(id));
    for (const message of back) if ('batch' in message) await dead_letters.bury(inDoubt(message, reason));
    const gone = batch_ids.map((batch_id) => ({ batch_id, place: { lane: this.lane, offset: -1 } }));
    await ledger.finish(`${group_id}:void`, gone);
    this.#is_finished = true;
  }
}

const isBatch = (message: Placed): boolean => 'batch' in message && message.batch.fence === undefined;

function inDoubt({ batch, place }: PlacedBatch, reason: string): DeadLetter {
  const { instance_id, aspect, batch_id } = batch;
  return { instance_id, aspect, batch_id, target_table: '', reason, raw: Buffer.from(JSON.stringify(batch)), place };
}
