import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@plumbline/clickhouse';
import { silent_log, startSink } from '@plumbline/collector';
import type { Sink } from '@plumbline/collector';
import { startOneLaneBroker } from '../testing/one-lane-broker.js';
import type { OneLaneBroker } from '../testing/one-lane-broker.js';
import { startServedStore } from '../testing/served-store.js';
import type { ServedStore } from '../testing/served-store.js';
import { everywhere, SharedInstances } from '../testing/shared-instances.js';

/** Long enough that a busy test machine lets no lease lapse by being slow. */
const lapse_s = 8;
const names = ['shop', 'billing', 'search', 'mail', 'stock', 'audit'];

let served: ServedStore;
let broker: OneLaneBroker;
let sink: Sink;
let shared: SharedInstances;

beforeAll(async () => {
  served = await startServedStore('hand-over');
  await migrate(served.store);
  broker = await startOneLaneBroker();
  sink = await startSink({ bus: broker.bus, store: served.store, log: silent_log });
  shared = new SharedInstances(names, served, { bus_uri: broker.uri, delivery_pause_ms: 0, lapse_s, interval_s: 2 });
}, 60_000);

afterEach(() => shared.rest());
afterAll(async () => {
  await shared.close();
  await sink.stop();
  await broker.close();
  await served.close();
});

async function expectExact(): Promise<void> {
  const stored = await shared.settled();
  expect(stored).toEqual(everywhere(shared.emitted()));
  expect(await shared.overlaps()).toEqual([]);
}
const bothHaveSome = () => shared.untilOwners('both have some', (holders) => new Set(holders).size === 2);

/** The steps follow one another on the same collectors. */
describe('instances shared by two collectors', () => {
  it('are all read by the first, and shared when the second comes: nothing missing, nothing twice', async () => {
    shared.start('ann');
    await shared.untilOwners('ann has all', (holders) => holders.every((holder) => holder === 'ann'));
    await shared.until('all were read', () => names.every((name) => shared.hasRead('ann', name)));
    shared.emit();
    shared.start('bob');
    await bothHaveSome();
    await sleep(2_000);
    await expectExact();
  }, 240_000);

  it('go to the other when one is stopped: nothing missing, nothing twice', async () => {
    shared.emit();
    await shared.end('ann', 'SIGTERM');
    await shared.untilOwners('bob has all', (holders) => holders.every((holder) => holder === 'bob'));
    await expectExact();
  }, 240_000);

  it('stay with one that is killed and back before its leases lapse: nothing missing, nothing twice', async () => {
    shared.emit();
    await shared.end('bob', 'SIGKILL');
    await sleep(500);
    shared.start('bob');
    await shared.until('bob reads again', () => names.every((name) => shared.hasRead('bob', name)));
    await sleep(1_000);
    await expectExact();
  }, 240_000);

  it('go to the other when one is killed with batches on its disk: nothing missing, nothing twice', async () => {
    shared.start('ann');
    await bothHaveSome();
    const before = await shared.owners();
    const orphans = names.filter((name) => before[name] === 'bob');
    shared.emit();
    broker.cutOff('bob');
    const read = shared.linesOf('bob').length;
    await shared.until('bob reads what it cannot send', () => {
      const lines = shared.linesOf('bob').slice(read);
      return orphans.every((name) => lines.filter((line) => line.startsWith(`read ${name} `)).length > 1);
    });
    await shared.end('bob', 'SIGKILL');
    for (const name of orphans) shared.grow(name, 1_000);
    await shared.until('ann reads the orphans', () => orphans.every((name) => shared.hasRead('ann', name)));
    await expectExact();
    for (const name of orphans) {
      const told = shared.linesOf('ann').find((line) => line.includes(`"instance_id":"${name}"`));
      expect(told).toMatch(/^log info An instance is read on from what its last collector had stored .*"statements"/);
    }
  }, 240_000);

  it('are shared again when the killed one is back with its batches: they are told as superseded, nothing twice', async () => {
    shared.emit();
    broker.reconnect('bob');
    shared.start('bob');
    await bothHaveSome();
    await shared.until('what bob had on its disk is superseded', () => sink.status().superseded > 0);
    await sleep(2_000);
    await expectExact();
    const rows = await served.store.query<{ told: string }>(
      'SELECT uniqExact(instance_id) AS told FROM superseded_batches',
    );
    expect(Number(rows[0]?.told)).toBeGreaterThan(0);
  }, 240_000);
});
