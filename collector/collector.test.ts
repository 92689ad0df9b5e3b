import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { aspect_ok, SourceError, system_clock } from '@plumbline/contracts';
import type { AspectStatusRow, Batch, Engine } from '@plumbline/contracts';
import { createBus } from './bus/bus.js';
import { startCollector, type Collector } from './collector.js';
import { silent_log } from './log.js';
import { openOutbox } from './outbox/open.js';
import type { Outbox } from './outbox/outbox.js';
import { counter_engine } from './testing/counter-engine.js';
import { instanceConfig, plain_tools } from './testing/settings.js';

let directory: string;
let outbox: Outbox;
let collector: Collector | undefined;
let taken: Batch[];
let told: AspectStatusRow[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-collector-'));
  outbox = await openOutbox(directory, { max_bytes: 2 ** 24, log: silent_log });
  taken = [];
  told = [];
});
afterEach(async () => {
  await collector?.stop();
  await outbox.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Takes `elapsed_ms` for a reading; a host named `locked` refuses the password; `stuck` never answers. */
const fakeEngine = (elapsed_ms: number, id = 'fake'): Engine => ({
  ...counter_engine,
  id,
  aspects: counter_engine.aspects.map((spec) => ({ ...spec, budget_ms: 40 })),
  async connect(target) {
    if (target.host === 'locked') {
      throw new SourceError('wrong_password', 'the password was refused', 'Set the right one in env:SHOP_PASSWORD.');
    }
    return {
      server_version: '1',
      checkup: async () => [],
      what_if: {
        can_prove: false,
        reason: '',
        fix: '',
        plan: () => Promise.reject(new Error()),
        indexSizeBytes: () => Promise.reject(new Error()),
      },
      close: async () => undefined,
      async collect(_aspect, previous, tools) {
        const window_start = tools.clock.now();
        await (target.host === 'stuck' ? new Promise(() => undefined) : sleep(elapsed_ms));
        const state = ((previous as number | undefined) ?? 0) + 1;
        return { rows: {}, state, outcome: aspect_ok, rows_read: 1, window_start, window_end: tools.clock.now() };
      },
    };
  },
});

async function start(
  engines: readonly Engine[],
  instances: readonly ReturnType<typeof instanceConfig>[],
): Promise<Collector> {
  const bus = createBus('memory:');
  await bus.subscribe(async (arrivals) => taken.push(...arrivals.map(({ content }) => content as Batch)) && 1);
  collector = startCollector({
    ...{ engines, instances, outbox, bus, tools: plain_tools, clock: system_clock, log: silent_log },
    resolvePassword: async () => '',
    onStatus: (row) => void told.push(row),
  });
  return collector;
}
const of = (instance_id: string): AspectStatusRow[] => told.filter((row) => row.instance_id === instance_id);

test('a slow source backs off with its interval doubled, the others keep their pace', async () => {
  const slow = instanceConfig({ name: 'slow', engine: 'slow', interval_s: 0.1 });
  const stuck = instanceConfig({ name: 'stuck', engine: 'fast', host: 'stuck', interval_s: 0.1 });
  const fast = instanceConfig({ name: 'fast', engine: 'fast', interval_s: 0.1 });
  await start([fakeEngine(80, 'slow'), fakeEngine(0, 'fast')], [slow, stuck, fast]);
  await sleep(1_500);
  expect(of('slow').at(-1)).toMatchObject({ state: 'backing_off', message: expect.stringContaining('over budget') });
  expect(
    of('slow')
      .map((row) => row.interval_s)
      .slice(0, 3),
  ).toEqual([0.2, 0.4, 0.8]);
  expect(of('stuck')).toEqual([]);
  expect(of('fast').length).toBeGreaterThanOrEqual(10);
  expect(of('fast').every((row) => row.state === 'ok')).toBe(true);
  expect(await outbox.readState('fast', 'statements')).toBeGreaterThanOrEqual(10);
});

test('a reading costs what the source says, not what it waited', async () => {
  const waiting = fakeEngine(80, 'waiting');
  const engine: Engine = {
    ...waiting,
    connect: async (target) => {
      const connection = await waiting.connect(target);
      return {
        ...connection,
        collect: async (...asked) => ({ ...(await connection.collect(...asked)), elapsed_ms: 5 }),
      };
    },
  };
  await start([engine], [instanceConfig({ name: 'shop', engine: 'waiting', interval_s: 0.1 })]);
  await sleep(500);
  expect(of('shop').length).toBeGreaterThanOrEqual(2);
  expect(of('shop').map(({ state, elapsed_ms }) => ({ state, elapsed_ms }))).toContainEqual({
    state: 'ok',
    elapsed_ms: 5,
  });
  expect(of('shop').every(({ state }) => state === 'ok')).toBe(true);
});

test('the row of an instance tells when its server started', async () => {
  const fake = fakeEngine(0);
  const started_at = new Date('2026-11-20T01:02:03.456Z');
  const engine: Engine = { ...fake, connect: async (target) => ({ ...(await fake.connect(target)), started_at }) };
  const running = await start([engine], [instanceConfig({ name: 'shop', engine: 'fake' })]);
  await running.collectNow('shop');
  expect(await running.drain(2_000)).toBe(true);
  const rows = taken.flatMap(({ tables }) => tables.filter(({ table }) => table === 'instances'));
  expect(rows.map(({ ndjson }) => JSON.parse(ndjson) as object)).toMatchObject([
    { started_at: '2026-11-20 01:02:03.456', server_version: '1' },
  ]);
});

test('a wrong password is a status with the fix, written to the store and tried again', async () => {
  const running = await start([fakeEngine(0)], [instanceConfig({ name: 'shop', engine: 'fake', host: 'locked' })]);
  await sleep(1_700);
  expect(of('shop').length).toBeGreaterThanOrEqual(2);
  expect(of('shop')[0]).toMatchObject({
    state: 'failed',
    message: 'the password was refused',
    fix: expect.stringContaining('env:'),
  });
  expect(running.status().instances[0]).toMatchObject({ connection: 'failed', message: 'the password was refused' });
  expect(await running.drain(2_000)).toBe(true);
  expect(taken.flatMap((batch) => batch.tables.map((part) => part.table))).toEqual(['aspect_status']);
});

test('instances are added, changed, read at once and removed; a disabled aspect says so', async () => {
  const running = await start([fakeEngine(0)], []);
  const shop = instanceConfig({ name: 'shop', engine: 'fake', interval_s: 3_000 });
  running.add(shop);
  expect(() => running.add(shop)).toThrow('monitored already');
  expect(() => running.add(instanceConfig({ name: 'other', engine: 'abacus' }))).toThrow('not a known engine');
  expect(await running.collectNow('shop')).toMatchObject([{ aspect: 'statements', state: 'ok' }]);
  await running.update({ ...shop, aspects: { statements: { enabled: false } } });
  await sleep(100);
  expect(running.status().instances[0]?.aspects).toMatchObject([{ state: 'disabled' }]);
  await running.remove('shop');
  expect(running.status().instances).toEqual([]);
  expect(await outbox.readState('shop', 'statements')).toBeUndefined();
  await expect(running.collectNow('shop')).rejects.toThrow('no such instance');
});

test('stopping does not wait for a source that never answers', async () => {
  const running = await start([fakeEngine(0)], [instanceConfig({ name: 'stuck', engine: 'fake', host: 'stuck' })]);
  await sleep(50);
  const began = performance.now();
  await running.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
});
