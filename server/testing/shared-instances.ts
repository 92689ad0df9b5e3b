import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServedStore } from './served-store.js';
import type { SharingSettings } from './sharing-collector.js';
import { until } from './until.js';

const runner = fileURLToPath(new URL('./sharing-collector.js', import.meta.url));
const emit_every_ms = 10;
/** On a busy machine everything takes its time; nothing is lost by waiting. */
const stored_within_ms = 150_000;
/** What comes twice comes soon after. */
const watched_ms = 1_500;

const told_lines = 12;

interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<void>;
}

type Sums = Readonly<Record<string, number>>;

/** Sources that know their sums, and the collectors in processes of their own that share them. */
export class SharedInstances {
  readonly #collectors = new Map<string, Child>();
  #emitting: NodeJS.Timeout | undefined;

  constructor(
    readonly names: readonly string[],
    readonly served: ServedStore,
    readonly settings: Pick<SharingSettings, 'bus_uri' | 'delivery_pause_ms' | 'lapse_s' | 'interval_s'>,
  ) {
    for (const name of names) writeFileSync(this.#sourceOf(name), '');
  }

  #sourceOf(name: string): string {
    return join(this.served.directory, `${name}.source`);
  }

  start(collector_id: string): void {
    const { directory, uri: store_uri } = this.served;
    const sources = Object.fromEntries(this.names.map((name) => [name, this.#sourceOf(name)]));
    const settings: SharingSettings = { ...this.settings, collector_id, directory, store_uri, sources };
    const child = spawn(process.execPath, [runner, JSON.stringify(settings)], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    child.stdout.on('data', (bytes: Buffer) => lines.push(...bytes.toString().split('\n')));
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    this.#collectors.set(collector_id, { process: child, lines, ended });
  }

  async end(collector_id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#collectors.get(collector_id);
    child?.process.kill(signal);
    await child?.ended;
  }

  /** What it has printed since it was started. */
  linesOf(collector_id: string): readonly string[] {
    return this.#collectors.get(collector_id)?.lines ?? [];
  }

  hasRead(collector_id: string, name: string): boolean {
    return this.linesOf(collector_id).some((line) => line.startsWith(`read ${name} `));
  }

  /** Instance → the collector that holds it. */
  async owners(): Promise<Readonly<Record<string, string>>> {
    const rows = await this.served.store.query<{ lease_name: string; holder: string }>(
      `SELECT lease_name, holder FROM latest_leases
       WHERE is_in_force AND held_term = term AND startsWith(lease_name, 'instance/')`,
    );
    return Object.fromEntries(rows.map(({ lease_name, holder }) => [lease_name.slice('instance/'.length), holder]));
  }

  /** As `until`; when it is in vain, with what the collectors' logs said last. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<boolean> {
    return until(what, isSo).catch((error: unknown) => {
      const said = [...this.#collectors].map(([id, { lines }]) => {
        const log = lines.filter((line) => line.startsWith('log '));
        return [`${id}:`, ...log.slice(-told_lines)].join('\n  ');
      });
      throw new Error([String(error), ...said].join('\n'));
    });
  }

  untilOwners(what: string, isSo: (holders: readonly string[]) => boolean): Promise<boolean> {
    return this.until(what, async () => {
      const now = Object.values(await this.owners());
      return now.length === this.names.length && isSo(now);
    });
  }

  /** From now on every source grows steadily. */
  emit(): void {
    clearInterval(this.#emitting);
    this.#emitting = setInterval(() => this.names.forEach((name) => this.grow(name, 1)), emit_every_ms);
  }

  grow(name: string, calls: number): void {
    appendFileSync(this.#sourceOf(name), 'x'.repeat(calls));
  }

  rest(): void {
    clearInterval(this.#emitting);
  }

  emitted(): Sums {
    return Object.fromEntries(this.names.map((name) => [name, statSync(this.#sourceOf(name)).size]));
  }

  /** Emits no more, and waits until everything is in the store, and a little longer for what would be too much. */
  async settled(): Promise<Readonly<Record<string, Sums>>> {
    this.rest();
    const emitted = this.emitted();
    const isAll = async (): Promise<boolean> => {
      const stored = await this.#storedIn('query_deltas');
      return this.names.every((name) => (stored[name] ?? 0) >= (emitted[name] ?? 0));
    };
    // What is missing then is told by the comparison.
    await until('everything emitted is stored', isAll, stored_within_ms).catch(() => undefined);
    await sleep(watched_ms);
    const tables = ['query_deltas', 'query_hourly', 'query_daily'];
    return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await this.#storedIn(table)])));
  }

  async #storedIn(table: string): Promise<Sums> {
    const rows = await this.served.store.query<{ instance_id: string; calls: string }>(
      `SELECT instance_id, sum(calls) AS calls FROM ${table} GROUP BY instance_id`,
    );
    return Object.fromEntries(rows.map(({ instance_id, calls }) => [instance_id, Number(calls)]));
  }

  /** Windows of one instance that begin before the one before them ends. */
  overlaps(): Promise<readonly object[]> {
    return this.served.store.query(
      `SELECT instance_id, window_start, window_end, before FROM (
         SELECT instance_id, window_start, window_end,
           lagInFrame(window_end) OVER (PARTITION BY instance_id ORDER BY window_start, window_end) AS before
         FROM query_deltas)
       WHERE window_start < before`,
    );
  }

  async close(): Promise<void> {
    this.rest();
    await Promise.all([...this.#collectors.keys()].map((id) => this.end(id, 'SIGKILL')));
  }
}

/** Every table of deltas and every rollup of them with the same sums. */
export const everywhere = (sums: Sums) => ({ query_deltas: sums, query_hourly: sums, query_daily: sums });
