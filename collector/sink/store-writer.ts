import { setTimeout as sleep } from 'node:timers/promises';
import { arrived } from '@plumbline/clickhouse/tables';
import type { Store } from '@plumbline/clickhouse';
import { backOffMs } from '../back-off.js';
import type { Log } from '../log.js';
import { messageOf } from '../message-of.js';
import { attempts_before_giving_way, judge } from './rejection.js';

const longest_reason = 1_000;

/** Writes and asks until the store takes it: while it is away everything waits here, and nothing is acknowledged. */
export class StoreWriter {
  readonly #stopping = new AbortController();
  retries = 0;
  /** Why the last attempt failed; '' when the store takes everything. */
  error = '';

  constructor(
    readonly store: Store,
    readonly log: Log,
  ) {}

  stop(): void {
    this.#stopping.abort(new Error('The sink stops'));
  }

  /**
   * Under one token until the store took it. Gives the reason when it never will. Throws when the sink stops, and what
   * `beforeAttempt` throws.
   */
  async insert(table: string, ndjson: string, token: string, beforeAttempt?: () => Promise<void>): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      this.#stopping.signal.throwIfAborted();
      await beforeAttempt?.();
      try {
        await this.store.insert(table, arrived(table, ndjson, new Date()), { token });
        this.error = '';
        return '';
      } catch (error) {
        if (await this.#isHopeless(error, attempt)) return messageOf(error).slice(0, longest_reason);
        await this.#wait(error, attempt, table);
      }
    }
  }

  /** For what is ours alone: a refusal is a fault. */
  async insertOwn(table: string, rows: readonly object[], token: string): Promise<void> {
    const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
    const refusal = await this.insert(table, ndjson, token);
    if (refusal !== '') throw new Error(`${table} refused a row of the sink's own: ${refusal}`);
  }

  async query<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      this.#stopping.signal.throwIfAborted();
      try {
        const rows = await this.store.query<Row>(sql, { params });
        this.error = '';
        return rows;
      } catch (error) {
        if (judge(error) === 'content') throw error;
        await this.#wait(error, attempt, '');
      }
    }
  }

  async #wait(error: unknown, attempt: number, table: string): Promise<void> {
    this.error = messageOf(error).slice(0, longest_reason);
    this.retries += 1;
    this.log('warn', 'The store does not answer or take an insert; it is tried again', {
      table,
      attempt,
      error: this.error,
    });
    await sleep(backOffMs(attempt), undefined, { signal: this.#stopping.signal });
  }

  async #isHopeless(error: unknown, attempt: number): Promise<boolean> {
    const verdict = judge(error);
    if (verdict !== 'unclear' || attempt < attempts_before_giving_way) return verdict === 'content';
    return this.store.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
