import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@plumbline/clickhouse';
import { utc, type Batch } from '@plumbline/contracts';
import { backOffMs } from '../back-off.js';
import type { Bus } from '../bus/bus.js';
import type { Log } from '../log.js';
import { messageOf } from '../message-of.js';
import { openEnvelope, partProblem } from './envelope.js';
import { attempts_before_giving_way, judge } from './rejection.js';

export interface SinkOptions {
  readonly bus: Bus;
  readonly store: Store;
  readonly log: Log;
}

export interface SinkStatus {
  readonly batches: number;
  readonly rows: number;
  readonly dead_letters: number;
  /** Inserts tried again since start, and why the last one was; '' when the store takes everything. */
  readonly retries: number;
  readonly store_error: string;
}

/** From the bus into the store: one insert per table under its own token, so that a repeat is counted once. */
export interface Sink {
  status(): SinkStatus;
  /** Lets the insert in hand finish; a batch that waits for the store is left to its sender, who still has it. */
  stop(): Promise<void>;
}

const longest_reason = 1_000;

export async function startSink(options: SinkOptions): Promise<Sink> {
  const sink = new StoreSink(options);
  await options.bus.subscribe((message) => sink.take(message));
  return sink;
}

interface DeadLetter {
  readonly instance_id: string;
  readonly aspect: string;
  readonly batch_id: string;
  readonly target_table: string;
  readonly reason: string;
  readonly raw: string;
}

class StoreSink implements Sink {
  readonly #stopping = new AbortController();
  readonly #in_hand = new Set<Promise<void>>();
  #status: SinkStatus = { batches: 0, rows: 0, dead_letters: 0, retries: 0, store_error: '' };

  constructor(readonly options: SinkOptions) {}

  status(): SinkStatus {
    return this.#status;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#in_hand);
  }

  async take(message: unknown): Promise<void> {
    const taking = this.#take(message);
    this.#in_hand.add(taking);
    await taking.finally(() => this.#in_hand.delete(taking));
  }

  async #take(message: unknown): Promise<void> {
    const { batch, reason } = openEnvelope(message);
    if (batch === undefined) {
      await this.#bury({
        ...named(message),
        target_table: '',
        reason,
        raw: JSON.stringify(message) ?? String(message),
      });
      return;
    }
    for (const part of batch.tables) await this.#insertPart(batch, part);
    this.#status = { ...this.#status, batches: this.#status.batches + 1 };
  }

  async #insertPart(batch: Batch, part: Batch['tables'][number]): Promise<void> {
    const { instance_id, aspect, batch_id } = batch;
    const letter = { instance_id, aspect, batch_id, target_table: part.table, raw: part.ndjson };
    const problem = partProblem(part);
    if (problem !== '') return this.#bury({ ...letter, reason: problem });
    const refusal = await this.#insert(part.table, part.ndjson, `${batch_id}:${part.table}`);
    if (refusal !== '') return this.#bury({ ...letter, reason: refusal });
    this.#status = { ...this.#status, rows: this.#status.rows + part.row_count };
  }

  /** Under one token until the store took it. Gives the reason when it never will. Throws when the sink stops. */
  async #insert(table: string, ndjson: string, token: string): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      this.#stopping.signal.throwIfAborted();
      try {
        await this.options.store.insert(table, ndjson, { token });
        if (this.#status.store_error !== '') this.#status = { ...this.#status, store_error: '' };
        return '';
      } catch (error) {
        const message = messageOf(error).slice(0, longest_reason);
        if (await this.#isHopeless(error, attempt)) return message;
        this.#status = { ...this.#status, retries: this.#status.retries + 1, store_error: message };
        this.options.log('warn', 'The store did not take an insert; it is tried again', {
          table,
          attempt,
          error: message,
        });
        await sleep(backOffMs(attempt), undefined, { signal: this.#stopping.signal });
      }
    }
  }

  async #isHopeless(error: unknown, attempt: number): Promise<boolean> {
    const verdict = judge(error);
    if (verdict !== 'unclear' || attempt < attempts_before_giving_way) return verdict === 'content';
    return this.options.store.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  async #bury(letter: DeadLetter): Promise<void> {
    const row = JSON.stringify({ received_at: utc(new Date()), ...letter });
    const digest = createHash('sha256').update(letter.raw).digest('hex').slice(0, 16);
    const token = `${letter.batch_id}:${letter.target_table}:dead:${digest}`;
    const refusal = await this.#insert('dead_letters', row, token);
    const { raw: _raw, ...fields } = letter;
    if (refusal !== '') throw new Error(`a dead letter was refused: ${refusal}`);
    this.#status = { ...this.#status, dead_letters: this.#status.dead_letters + 1 };
    this.options.log('error', 'Rows were put aside as a dead letter', fields);
  }
}

/** What can be told of a message that is no batch. */
function named(message: unknown): Pick<DeadLetter, 'instance_id' | 'aspect' | 'batch_id'> {
  const given = (typeof message === 'object' ? message : null) as Record<string, unknown> | null;
  const text = (field: string): string => (typeof given?.[field] === 'string' ? given[field] : '');
  return { instance_id: text('instance_id'), aspect: text('aspect'), batch_id: text('batch_id') };
}
