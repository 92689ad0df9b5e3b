import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { RawStatements, Store } from '@plumbline/clickhouse';
import { startClickHouseEndpoint } from '../clickhouse-endpoint/index.js';
import type { ClickHouseEndpoint } from '../clickhouse-endpoint/index.js';
import type { SharingSettings } from '../testing/sharing-collector.js';

/** Long enough that a busy test machine lets no lease lapse by being slow. */
const lapse_s = 8;
const names = ['shop', 'billing', 'search', 'mail', 'stock', 'audit'];
const runner = fileURLToPath(new URL('../testing/sharing-collector.js', import.meta.url));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let directory: string;
let store: Store & RawStatements;
let endpoint: ClickHouseEndpoint;
let collectors: Record<string, Child> = {};
let emitting: NodeJS.Timeout | undefined;
/** Bytes of each instance that happened while nobody could read them. */
const unseen = new Map<string, number>();

interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<void>;
}

const sourceOf = (name: string): string => join(directory, `${name}.source`);
const emittedBy = (name: string): number => statSync(sourceOf(name)).size;

function start(collector_id: string): void {
  const sources = Object.fromEntries(names.map((name) => [name, sourceOf(name)]));
  const store_url = `http://tester:any@127.0.0.1:${endpoint.port}/${store.database_name}`;
  const settings: SharingSettings = { collector_id, directory, store_url, lapse_s, sources };
  const child = spawn(process.execPath, [runner, JSON.stringify(settings)], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  child.stdout.on('data', (bytes: Buffer) => lines.push(...bytes.toString().split('\n')));
  collectors[collector_id] = {
    process: child,
    lines,
    ended: new Promise((resolve) => child.on('close', () => resolve())),
  };
}

async function end(collector_id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const child = collectors[collector_id];
  child?.process.kill(signal);
  await child?.ended;
}

const readBy = (collector_id: string, name: string): boolean =>
  collectors[collector_id]?.lines.some((line) => line.startsWith(`read ${name} `)) ?? false;

async function until(what: string, isSo: () => boolean | Promise<boolean>, limit_ms = 60_000): Promise<void> {
  const began = Date.now();
  while (!(await isSo())) {
    if (Date.now() - began > limit_ms) throw new Error(`not within ${limit_ms} ms: ${what}`);
    await pause(100);
  }
}

async function owners(): Promise<Readonly<Record<string, string>>> {
  const rows = await store.query<{ lease_name: string; holder: string }>(
    `SELECT lease_name, holder FROM latest_leases
     WHERE is_in_force AND held_term = term AND startsWith(lease_name, 'instance/')`,
  );
  return Object.fromEntries(rows.map(({ lease_name, holder }) => [lease_name.slice('instance/'.length), holder]));
}
const untilOwners = (what: string, isSo: (holders: readonly string[]) => boolean): Promise<void> =>
  until(what, async () => {
    const now = Object.values(await owners());
    return now.length === names.length && isSo(now);
  });

async function storedCalls(): Promise<Readonly<Record<string, number>>> {
  const rows = await store.query<{ instance_id: string; calls: string }>(
    'SELECT instance_id, sum(calls) AS calls FROM query_deltas GROUP BY instance_id',
  );
  return Object.fromEntries(rows.map(({ instance_id, calls }) => [instance_id, Number(calls)]));
}

const expectedCalls = (): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [name, emittedBy(name) - (unseen.get(name) ?? 0)]));

/** Emits no more, and waits until everything is in the store; that it stays so shows that nothing came twice. */
async function settled(): Promise<void> {
  clearInterval(emitting);
  const isAll = async (): Promise<boolean> => {
    const [stored, expected] = [await storedCalls(), expectedCalls()];
    return names.every((name) => (stored[name] ?? 0) >= (expected[name] ?? 0));
  };
  await until('everything emitted is stored', isAll, 150_000).catch(() => undefined);
  await pause(1_500);
  expect(await storedCalls()).toEqual(expectedCalls());
}

function emit(): void {
  clearInterval(emitting);
  emitting = setInterval(() => names.forEach((name) => appendFileSync(sourceOf(name), 'x')), 10);
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-hand-over-'));
  for (const name of names) writeFileSync(sourceOf(name), '');
  store = (await openStore(`chdb://${join(directory, 'store')}`)) as Store & RawStatements;
  await migrate(store);
  endpoint = await startClickHouseEndpoint({
    store,
    port: 0,
    authenticate: () => 'admin',
    log: () => undefined,
    ungated_for_tests: true,
  });
}, 60_000);

afterEach(() => clearInterval(emitting));
afterAll(async () => {
  await Promise.all(Object.keys(collectors).map((id) => end(id, 'SIGKILL')));
  collectors = {};
  await endpoint.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The steps follow one another on the same collectors. */
describe('instances shared by two collectors', () => {
  it('are all read by the first, and shared when the second comes: nothing missing, nothing twice', async () => {
    start('ann');
    await untilOwners('ann has all', (holders) => holders.every((holder) => holder === 'ann'));
    await until('all were read', () => names.every((name) => readBy('ann', name)));
    emit();
    start('bob');
    await untilOwners('both have some', (holders) => new Set(holders).size === 2);
    await pause(2_000);
    await settled();
  }, 240_000);

  it('go to the other when one is stopped: nothing missing, nothing twice', async () => {
    emit();
    await end('ann', 'SIGTERM');
    await untilOwners('bob has all', (holders) => holders.every((holder) => holder === 'bob'));
    await settled();
  }, 240_000);

  it('stay with one that is killed and back before its leases lapse: nothing missing, nothing twice', async () => {
    emit();
    await end('bob', 'SIGKILL');
    await pause(500);
    start('bob');
    await until('bob reads again', () => names.every((name) => readBy('bob', name)));
    await pause(1_000);
    await settled();
  }, 240_000);

  it('go to the other when one is killed: nothing twice, and missing is what happened until the first reading there', async () => {
    start('ann');
    await untilOwners('both have some', (holders) => new Set(holders).size === 2);
    await settled();
    const before = await owners();
    const orphans = names.filter((name) => before[name] === 'bob');
    await end('bob', 'SIGKILL');
    for (const name of orphans) {
      appendFileSync(sourceOf(name), 'x'.repeat(1_000));
      unseen.set(name, (unseen.get(name) ?? 0) + 1_000);
    }
    const ann_lines = collectors['ann']?.lines ?? [];
    ann_lines.length = 0;
    await until('ann reads the orphans', () => orphans.every((name) => readBy('ann', name)));
    emit();
    await pause(2_000);
    await settled();
    for (const name of orphans) {
      expect(ann_lines.find((line) => line.includes(`"instance_id":"${name}"`))).toMatch(/^log warn .*read anew/);
    }
  }, 240_000);

  it('are shared again when the killed one is back with its old counters: nothing twice', async () => {
    emit();
    start('bob');
    await untilOwners('both have some', (holders) => new Set(holders).size === 2);
    await pause(2_000);
    await settled();
  }, 240_000);
});
