import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Batch } from '@plumbline/contracts';
import { openMessage } from '../sink/message.js';
import { minuteBatch } from '../testing/batches.js';
import type { Arrival, Bus } from './bus.js';

export interface BusUnderTest {
  /** A bus on the same messages each time within one test, on none at first. */
  readonly open: () => Promise<Bus>;
  /** What a resolved publish promises: that the handler has taken the batch, or that the bus keeps it until one has. */
  readonly publish_means: 'taken' | 'kept';
}

export function batchOf(arrival: Arrival): Batch {
  const message = openMessage(arrival);
  if ('letter' in message) throw new Error(message.letter.reason);
  return message.batch;
}

/** As the outbox does: until it is accepted. */
async function publishStubbornly(bus: Bus, batch: Batch): Promise<void> {
  for (;;) {
    try {
      return await bus.publish(batch);
    } catch {
      await sleep(5);
    }
  }
}

/** What every bus must do; each implementation's test calls this. */
export function describeBus(name: string, prepare: () => Promise<BusUnderTest>): void {
  describePromise(name, prepare);
  describeOrder(name, prepare);
}

function describePromise(name: string, prepare: () => Promise<BusUnderTest>): void {
  test(`${name}: a batch arrives as it was sent, and no publish resolves before it is safe`, async () => {
    const { open, publish_means } = await prepare();
    const bus = await open();
    const batch = await minuteBatch(0);
    const taken: Batch[] = [];
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    await bus.subscribe(async (arrivals) => {
      taken.push(...arrivals.map(batchOf));
      await finished;
      return arrivals.length;
    });
    let is_published = false;
    const publishing = bus.publish(batch).then(() => (is_published = true));
    while (taken.length === 0) await sleep(5);
    if (publish_means === 'kept') await publishing;
    expect(is_published).toBe(publish_means === 'kept');
    finish();
    await publishing;
    expect(taken).toEqual([batch]);
    await bus.close();
  });

  test(`${name}: a batch that was not taken when the bus closed is its sender's still, or the next handler's`, async () => {
    const { open, publish_means } = await prepare();
    const bus = await open();
    let calls = 0;
    await bus.subscribe(() => {
      calls += 1;
      return new Promise((_resolve, reject) => setTimeout(() => reject(new Error('the store is away')), 50));
    });
    const batch = await minuteBatch(0);
    const publishing = bus.publish(batch).then(
      () => 'kept',
      () => 'refused',
    );
    while (calls === 0) await sleep(5);
    const outcome = await publishing;
    expect(outcome).toBe(publish_means === 'kept' ? 'kept' : 'refused');
    await bus.close();
    const next = await open();
    const taken: Batch[] = [];
    await next.subscribe(async (arrivals) => taken.push(...arrivals.map(batchOf)) && arrivals.length);
    if (outcome === 'refused') await next.publish(batch);
    while (taken.length === 0) await sleep(5);
    expect(taken).toEqual([batch]);
    await next.close();
  });
}

function describeOrder(name: string, prepare: () => Promise<BusUnderTest>): void {
  test(`${name}: a batch that the handler refuses comes again, and the next one after it`, async () => {
    const { open } = await prepare();
    const bus = await open();
    const taken: string[] = [];
    let calls = 0;
    await bus.subscribe(async (arrivals) => {
      if (++calls === 1) throw new Error('not now');
      taken.push(...arrivals.map(batchOf).map(({ batch_id }) => batch_id));
      return arrivals.length;
    });
    const batches = await Promise.all([0, 1].map((number) => minuteBatch(number)));
    for (const batch of batches) await publishStubbornly(bus, batch);
    while (taken.length < 2) await sleep(5);
    expect(taken).toEqual(batches.map(({ batch_id }) => batch_id));
    await bus.close();
  });

  test(`${name}: one instance's batches arrive in order, one call at a time`, async () => {
    const { open } = await prepare();
    const bus = await open();
    const seen: string[] = [];
    let in_hand = 0;
    await bus.subscribe(async ([first]) => {
      expect(++in_hand).toBe(1);
      await sleep(2);
      seen.push(batchOf(first as Arrival).batch_id);
      in_hand -= 1;
      return 1;
    });
    const batches = await Promise.all([0, 1, 2, 3].map((number) => minuteBatch(number)));
    await Promise.all(batches.map((batch) => bus.publish(batch)));
    while (seen.length < batches.length) await sleep(5);
    expect(seen).toEqual(batches.map((batch) => batch.batch_id));
    await bus.close();
  });

  test(`${name}: closing refuses what waits and what comes later`, async () => {
    const { open } = await prepare();
    const bus = await open();
    const waiting = expect(bus.publish(await minuteBatch(0))).rejects.toThrow('closed');
    await bus.close();
    await waiting;
    await expect(bus.publish(await minuteBatch(1))).rejects.toThrow('closed');
  });
}
