import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Batch } from '@plumbline/contracts';
import { startDelivery } from './delivery.js';
import { silent_log } from './log.js';
import type { Outbox } from './outbox/outbox.js';

/** `shop/3`: the instance and a number. */
function outboxOf(batch_ids: readonly string[]): Outbox {
  const waiting = new Set(batch_ids);
  const pendingOf = (batch_id: string) => ({ batch_id, instance_id: batch_id.split('/')[0], aspect: 'statements' });
  return {
    pending: () => [...waiting].map(pendingOf),
    claim: async (batch_id: string) => (waiting.has(batch_id) ? pendingOf(batch_id) : undefined),
    acknowledge: async (batch_id: string) => void waiting.delete(batch_id),
  } as unknown as Outbox;
}

/** Takes each batch after some milliseconds; how many at once, and of which instances, is written down. */
function busOf(publishes_at_once: number | undefined, refuse: (batch_id: string) => boolean = () => false) {
  const under_way: string[] = [];
  const seen = { published: [] as string[], most_at_once: 0, together: new Set<string>() };
  const publish = async ({ batch_id, instance_id }: Batch): Promise<void> => {
    if (under_way.includes(instance_id)) seen.together.add(instance_id);
    under_way.push(instance_id);
    seen.most_at_once = Math.max(seen.most_at_once, under_way.length);
    await sleep(5);
    under_way.splice(under_way.indexOf(instance_id), 1);
    if (refuse(batch_id)) throw new Error('the broker is away');
    seen.published.push(batch_id);
  };
  const bus = { publish, subscribe: async () => undefined, close: async () => undefined };
  return { seen, bus: publishes_at_once === undefined ? bus : { ...bus, publishes_at_once } };
}

const instances = ['a', 'b', 'c', 'd', 'e'];
const batch_ids = [0, 1, 2, 3].flatMap((number) => instances.map((instance) => `${instance}/${number}`));
const ofInstance = (published: readonly string[], instance: string) =>
  published.filter((batch_id) => batch_id.startsWith(instance));

test.each([
  [undefined, 1],
  [3, 3],
  [16, 5],
])('on a bus that gains by %s at once there are %i under way, each instance in order', async (at_once, most) => {
  const { bus, seen } = busOf(at_once);
  const outbox = outboxOf(batch_ids);
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  while (outbox.pending().length > 0) await sleep(2);
  await delivery.stop();
  expect(seen.most_at_once).toBe(most);
  expect([...seen.together]).toEqual([]);
  for (const instance of instances)
    expect(ofInstance(seen.published, instance)).toEqual([0, 1, 2, 3].map((number) => `${instance}/${number}`));
});

test('a batch that is refused holds back its own instance, not the others, and goes first when it is taken', async () => {
  let is_away = true;
  const { bus, seen } = busOf(2, (batch_id) => is_away && batch_id === 'a/0');
  const outbox = outboxOf(batch_ids);
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  while (seen.published.length < 16) await sleep(2);
  expect(ofInstance(seen.published, 'a')).toEqual([]);
  is_away = false;
  while (outbox.pending().length > 0) await sleep(2);
  expect(ofInstance(seen.published, 'a')).toEqual(['a/0', 'a/1', 'a/2', 'a/3']);
  await delivery.stop();
});

test('stopping lets what is under way end and begins nothing more', async () => {
  const { bus, seen } = busOf(2);
  const outbox = outboxOf(batch_ids);
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  while (seen.published.length === 0) await sleep(1);
  await delivery.stop();
  const { length } = seen.published;
  expect(length).toBeLessThan(batch_ids.length);
  expect(outbox.pending()).toHaveLength(batch_ids.length - length);
});

test('the error is told while batches are refused, and gone with the next one that is taken', async () => {
  let is_away = true;
  const { bus } = busOf(undefined, () => is_away);
  const outbox = outboxOf(['a/0']);
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  while (delivery.error === '') await sleep(1);
  expect(delivery.error).toBe('the broker is away');
  is_away = false;
  while (outbox.pending().length > 0) await sleep(2);
  await delivery.stop();
  expect(delivery.error).toBe('');
});
