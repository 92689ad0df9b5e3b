import { expect, test } from '@jest/globals';
import { minuteBatch } from '../testing/batches.js';
import type { Bus } from './bus.js';

/** What every bus must do; each implementation's test calls this. */
export function describeBus(name: string, open: () => Promise<Bus>): void {
  test(`${name}: publish resolves only when the handler has taken the batch, as it was sent`, async () => {
    const bus = await open();
    const batch = await minuteBatch(0);
    const taken: unknown[] = [];
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    await bus.subscribe(async (message) => {
      taken.push(message);
      await finished;
    });
    let is_published = false;
    const publishing = bus.publish(batch).then(() => (is_published = true));
    while (taken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(is_published).toBe(false);
    finish();
    await publishing;
    expect(taken).toEqual([batch]);
    await bus.close();
  });

  test(`${name}: a batch that the handler refuses is refused to its publisher, the next one goes through`, async () => {
    const bus = await open();
    let calls = 0;
    await bus.subscribe(async () => {
      if (++calls === 1) throw new Error('not now');
    });
    await expect(bus.publish(await minuteBatch(0))).rejects.toThrow('not now');
    await bus.publish(await minuteBatch(0));
    expect(calls).toBe(2);
    await bus.close();
  });

  test(`${name}: one instance's batches arrive one at a time and in order`, async () => {
    const bus = await open();
    const seen: string[] = [];
    let in_hand = 0;
    await bus.subscribe(async (message) => {
      expect(++in_hand).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push((message as { batch_id: string }).batch_id);
      in_hand -= 1;
    });
    const batches = await Promise.all([0, 1, 2, 3].map((number) => minuteBatch(number)));
    await Promise.all(batches.map((batch) => bus.publish(batch)));
    expect(seen).toEqual(batches.map((batch) => batch.batch_id));
    await bus.close();
  });

  test(`${name}: closing refuses what waits and what comes later`, async () => {
    const bus = await open();
    const waiting = expect(bus.publish(await minuteBatch(0))).rejects.toThrow('closed');
    await bus.close();
    await waiting;
    await expect(bus.publish(await minuteBatch(1))).rejects.toThrow('closed');
  });
}
