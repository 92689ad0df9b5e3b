import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createBus } from '../../bus/bus.js';
import { describeWithKafka } from '../kafka/describe-with-kafka.js';
import { startKafka, type Kafka } from '../kafka/start-kafka.js';
import { emission, small_emission } from './emission.js';
import { freePort, startStore, type StoreServer } from './store-process.js';
import { Stage, type Outcome } from './stage.js';

/**
 * Every fault on real brokers, real processes and the real engine. The faults run side by side, each with a source and
 * topics of its own, so that the two that last two minutes are not waited for twice; each test awaits its own.
 */
const outage_ms = 120_000;
const consumer_kills = 26;
const producer_kills = 12;
const storm_ms = 45_000;

const tmpfs = mkdtempSync(join(tmpdir(), 'plumbline-small-disk-'));
const mountSmallDisk = (): boolean => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpfs]).status === 0;
const unmountSmallDisk = (): void => void spawnSync('umount', [tmpfs]);
const can_mount = mountSmallDisk();
if (can_mount) unmountSmallDisk();
else process.stderr.write('Skipped: a full disk under the outbox: a small tmpfs needs root and the right to mount\n');

/** mulberry32: the same moments each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describeWithKafka('after each of these faults raw and rollup sums equal what the source emitted', () => {
  let directory: string;
  let three: Kafka;
  let one: Kafka;
  const stores: StoreServer[] = [];
  const stages: Stage[] = [];

  async function stage(source: string, kafka: Kafka, on: StoreServer): Promise<Stage> {
    const { store, store_url } = on;
    const opened = await Stage.open(source, { directory, kafka, copies: kafka === three ? 3 : 1, store, store_url });
    stages.push(opened);
    return opened;
  }

  const faults: Readonly<
    Record<string, (store: StoreServer, doomed: StoreServer & { readonly port: number }) => Promise<Outcome>>
  > = {
    async 'a broker of three is killed and comes back, then another'(store) {
      const on = await stage('broker', three, store);
      const emitter = await on.startEmitter();
      const sink = await on.startSink();
      for (const broker of [1, 2]) {
        await sleep(5_000);
        await three.kill(broker);
        await sleep(10_000);
        await three.restart(broker);
      }
      await sink.end('SIGTERM');
      return on.finish(emitter);
    },

    async 'all brokers are gone for two minutes'(store) {
      const on = await stage('no-brokers', one, store);
      const emitter = await on.startEmitter();
      const sink = await on.startSink();
      await sink.line('lanes');
      await one.kill(1);
      await sleep(outage_ms);
      await one.restart(1);
      await sleep(5_000);
      await sink.end('SIGTERM');
      return on.finish(emitter);
    },

    async 'the store is down for two minutes'(store, doomed) {
      void store;
      const on = await stage('no-store', three, doomed);
      const emitter = await on.startEmitter();
      const sink = await on.startSink();
      await sink.line('lanes');
      await sleep(3_000);
      await doomed.child.end('SIGKILL');
      await sleep(outage_ms);
      doomed.child = (await startStore(join(directory, 'doomed'), doomed.port)).child;
      await sleep(5_000);
      await sink.end('SIGTERM');
      return on.finish(emitter);
    },

    async 'the sink is killed again and again'(store) {
      const on = await stage('sink-kills', three, store);
      const random = seeded(1);
      const emitter = await on.startEmitter();
      for (let kill = 0; kill < consumer_kills; kill += 1) {
        const sink = await on.startSink();
        await sink.line('lanes');
        await sleep(random() * 1_500);
        await sink.end('SIGKILL');
      }
      return on.finish(emitter);
    },

    async 'the collector is killed again and again'(store) {
      const on = await stage('collector-kills', three, store);
      const random = seeded(2);
      const sink = await on.startSink();
      for (let kill = 0; kill < producer_kills; kill += 1) {
        const emitter = await on.startEmitter();
        await sleep(random() * 3_000);
        await emitter.end('SIGKILL');
      }
      const last = await on.startEmitter();
      await sink.end('SIGTERM');
      return on.finish(last);
    },

    async 'sinks come and go so fast that the group rebalances all the time'(store) {
      const on = await stage('storm', three, store);
      const random = seeded(3);
      const emitter = await on.startEmitter();
      const deadline_ms = performance.now() + storm_ms;
      const comeAndGo = async (): Promise<void> => {
        while (performance.now() < deadline_ms) {
          const sink = await on.startSink();
          await sleep(500 + random() * 4_000);
          await sink.end(random() < 0.5 ? 'SIGTERM' : 'SIGKILL');
        }
      };
      await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
      return on.finish(emitter);
    },

    async 'every batch is delivered again, soon and late'(store) {
      const on = await stage('twice', three, store);
      const emitter = await on.startEmitter();
      const sink = await on.startSink();
      const bus = createBus(on.uri);
      const again = async (count: number): Promise<void> => {
        for (let number = 0; number < count; number += 1)
          await bus.publish(await emission('twice', number, small_emission));
      };
      await sleep(8_000);
      await again(150);
      await sleep(20_000);
      await again(150);
      await bus.close();
      await sink.end('SIGTERM');
      return on.finish(emitter);
    },

    async 'the clock of the collector jumps back and forth and repeats windows'(store) {
      const on = await stage('clock', three, store);
      const emitter = await on.startEmitter({ shape: { ...small_emission, clock: 'jumping' } });
      const sink = await on.startSink();
      await sleep(20_000);
      await sink.end('SIGTERM');
      return on.finish(emitter);
    },
  };

  const disk_full = 'the disk under the outbox is full';
  async function diskFull(store: StoreServer): Promise<Outcome & { readonly refused: number }> {
    const on = await stage('disk', three, store);
    mountSmallDisk();
    // A bound that the disk is smaller than, with a reserve that it has room for.
    const small = { outbox: join(tmpfs, 'outbox'), outbox_max_bytes: 4 * 2 ** 20 };
    // Nobody listens there: the outbox can only grow.
    const cut_off = await on.startEmitter({ ...small, uri: `kafka://127.0.0.1:${await freePort()}/disk` });
    await cut_off.line('refused');
    await sleep(3_000);
    const refused = cut_off.lines.filter((line) => line.startsWith('refused')).length;
    await cut_off.end('SIGKILL');
    // Nobody makes room, but the brokers are reached again.
    const emitter = await on.startEmitter(small);
    await sleep(3_000);
    return { ...(await on.finish(emitter)), refused };
  }

  const outcomes = new Map<string, Promise<Outcome & { readonly refused?: number }>>();
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-faults-'));
    for (const name of ['three', 'one', 'store', 'doomed']) mkdirSync(join(directory, name));
    [three, one] = await Promise.all([
      startKafka({ brokers: 3, directory: join(directory, 'three') }),
      startKafka({ brokers: 1, directory: join(directory, 'one') }),
    ]);
    const store = await startStore(join(directory, 'store'), await freePort());
    const port = await freePort();
    const doomed = { ...(await startStore(join(directory, 'doomed'), port)), port };
    stores.push(store, doomed);
    const begin = (name: string, outcome: Promise<Outcome>): void => {
      outcome.catch(() => undefined); // its own test tells it
      outcomes.set(name, outcome);
    };
    for (const [name, make] of Object.entries(faults)) begin(name, make(store, doomed));
    if (can_mount) begin(disk_full, diskFull(store));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(stages.map((one_stage) => one_stage.close()));
    await Promise.all(stores.map(({ child }) => child.end('SIGKILL')));
    await Promise.all([three?.stop(), one?.stop()]);
    if (can_mount) unmountSmallDisk();
    rmSync(tmpfs, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  async function expectExact(name: string): Promise<Outcome & { readonly refused?: number }> {
    const outcome = await outcomes.get(name);
    if (outcome === undefined) throw new Error(`${name} was not begun`);
    const { emitted, expected, stored, dead_letters } = outcome;
    console.info(`${name}: ${emitted} batches emitted`);
    expect(stored).toEqual({ query_deltas: expected, query_hourly: expected, query_daily: expected });
    expect(dead_letters).toBe(0);
    expect(emitted).toBeGreaterThan(50);
    return outcome;
  }

  it.each(Object.keys(faults))('%s', async (name) => void (await expectExact(name)), 330_000);

  (can_mount ? it : it.skip)(
    disk_full,
    async () => {
      const { refused } = await expectExact(disk_full);
      expect(refused).toBeGreaterThan(3);
    },
    330_000,
  );
});
