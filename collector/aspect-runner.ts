import { utc } from '@plumbline/contracts';
import type { AspectStatusRow, Collected, CollectedRows, EngineConnection } from '@plumbline/contracts';
import type { AspectPlan } from './aspect-plan.js';
import type { CollectorOptions } from './collector.js';
import type { Connector } from './connector.js';
import { failureStatus, readingStatus, withQuarantine, type StatusPart } from './judge-reading.js';
import { makeBatch } from './make-batch.js';
import { afterFailure, afterReading, first_pace, nextReadingMs, offsetRatio, type Pace } from './pace.js';
import { checkRows } from './quality/check-rows.js';
import { StatusThrottle } from './status-throttle.js';
import { ReadingLimit } from './time-limit.js';

const longest_budgets = 10;
const least_limit_ms = 30_000;

/** Reads one aspect of one instance, on its own timer, never twice at a time. */
export class AspectRunner {
  readonly #throttle = new StatusThrottle();
  readonly #stopping = new AbortController();
  readonly #offset_ratio: number;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<AspectStatusRow> | undefined;
  #pace: Pace = first_pace;
  status: AspectStatusRow | undefined;

  constructor(
    readonly instance_id: string,
    readonly plan: AspectPlan,
    readonly connector: Connector,
    readonly options: CollectorOptions,
    readonly onAppended: () => void,
  ) {
    this.#offset_ratio = offsetRatio(instance_id);
  }

  /** The first reading is taken at once: it sets the baseline of counters. */
  start(): void {
    if (this.plan.is_enabled) this.#timer = setTimeout(() => void this.#tick(), 0);
    else void this.#report({ state: 'disabled', message: 'Switched off by configuration', fix: '' });
  }

  async #tick(): Promise<void> {
    await this.readNow();
    if (this.#stopping.signal.aborted) return;
    const now_ms = this.options.clock.now().getTime();
    const wait_ms = nextReadingMs(this.#pace, this.plan.interval_s, now_ms, this.#offset_ratio);
    this.#timer = setTimeout(() => void this.#tick(), wait_ms);
  }

  /** Joins a reading that is under way. Never rejects: a failure is a status. */
  readNow(): Promise<AspectStatusRow> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopping.abort();
    await this.#reading;
  }

  async #read(): Promise<AspectStatusRow> {
    const began_ms = performance.now();
    const began_at = this.options.clock.now();
    try {
      const connection = await this.connector.connection();
      const state = await this.options.outbox.readState(this.instance_id, this.plan.name);
      const asked_ms = performance.now();
      const collected = await this.#collect(connection, state);
      const elapsed_ms = collected.elapsed_ms ?? performance.now() - asked_ms;
      this.#pace = afterReading(this.#pace, this.#isOverBudget(elapsed_ms, collected.rows_read));
      return await this.#keep(collected, elapsed_ms);
    } catch (error) {
      if (this.#stopping.signal.aborted) return this.#row({ state: 'failed', message: 'Stopped', fix: '' }, 0, 0);
      this.#pace = afterFailure(this.#pace);
      const failure = failureStatus(error);
      if (failure.loses_connection) await this.connector.drop();
      return this.#report(failure, performance.now() - began_ms, 0, began_at);
    }
  }

  #isOverBudget(elapsed_ms: number, rows_read: number): boolean {
    return elapsed_ms > this.plan.budget_ms || rows_read > this.plan.budget_rows;
  }

  /** Gives up after ten budgets (at least 30 s) and at stop; what comes later is not kept, the counters have not moved. */
  async #collect(connection: EngineConnection, state: unknown): Promise<Collected> {
    const limit = new ReadingLimit(Math.max(least_limit_ms, this.plan.budget_ms * longest_budgets));
    const abort = AbortSignal.any([this.#stopping.signal, limit.signal]);
    const tools = this.options.tools(this.connector.engine, this.options.clock, abort);
    const given_up = new Promise<never>((_resolve, reject) => {
      abort.addEventListener('abort', () => reject(new Error(`no answer within ${limit.limit_ms / 1_000} s`)), {
        once: true,
      });
    });
    const answer = connection.collect(this.plan.name, state, { ...tools, limit });
    answer.catch(() => undefined);
    return Promise.race([answer, given_up]).finally(() => limit.end());
  }

  async #keep(collected: Collected, elapsed_ms: number): Promise<AspectStatusRow> {
    const checked = checkRows(collected.rows, { ...this.#place, now: this.options.clock.now() });
    const part = readingStatus(collected, this.plan, elapsed_ms, this.#pace.multiplier);
    const row = this.#row(withQuarantine(part, checked), elapsed_ms, collected.rows_read);
    await this.#append(row, checked.rows, collected.window_start, collected.window_end, { value: collected.state });
    return row;
  }

  /** A status without rows. That it cannot be written either is told by `onStatus` and the log alone. */
  async #report(part: StatusPart, elapsed_ms = 0, rows_read = 0, began_at?: Date): Promise<AspectStatusRow> {
    const row = this.#row(part, elapsed_ms, rows_read);
    const now = this.options.clock.now();
    await this.#append(row, {}, began_at ?? now, now).catch((error: unknown) => {
      this.status = row;
      this.options.onStatus?.(row);
      this.options.log('error', 'A status could not be written', { ...this.#place, error });
    });
    if (part.state === 'failed')
      this.options.log('warn', 'A reading failed', { ...this.#place, message: part.message });
    return row;
  }

  async #append(
    row: AspectStatusRow,
    rows: CollectedRows,
    window_start: Date,
    window_end: Date,
    state?: { readonly value: unknown },
  ): Promise<void> {
    const now_ms = performance.now();
    const due = this.#throttle.due(row, now_ms);
    const with_status = due === undefined ? rows : { ...rows, aspect_status: [...(rows.aspect_status ?? []), due] };
    const batch = await makeBatch({ ...this.#place, window_start, window_end, rows: with_status });
    if (batch !== undefined || state !== undefined) {
      await this.options.outbox.append({ batch, state: state && { ...this.#place, value: state.value } });
    }
    if (due !== undefined) this.#throttle.wrote(due, now_ms);
    this.status = row;
    this.options.onStatus?.(row);
    this.onAppended();
  }

  get #place(): { readonly instance_id: string; readonly aspect: string } {
    return { instance_id: this.instance_id, aspect: this.plan.name };
  }

  #row(part: StatusPart, elapsed_ms: number, rows_read: number): AspectStatusRow {
    return {
      ...this.#place,
      observed_at: utc(this.options.clock.now()),
      state: part.state,
      message: part.message,
      fix: part.fix,
      elapsed_ms: Math.round(elapsed_ms * 10) / 10,
      rows_read,
      budget_ms: this.plan.budget_ms,
      interval_s: this.plan.interval_s * this.#pace.multiplier,
    };
  }
}
