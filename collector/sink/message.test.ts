import { expect, it } from '@jest/globals';
import { minuteBatch } from '../testing/batches.js';
import { openMessage } from './message.js';

const place = { lane: 'shop.batches/0', offset: 7 };
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

it('opens a batch, from bytes and as it is', async () => {
  const batch = await minuteBatch(0);
  expect(openMessage({ content: bytesOf(batch), place })).toEqual({ id: batch.batch_id, batch });
  expect(openMessage({ content: batch })).toEqual({ id: batch.batch_id, batch });
});

it.each([
  ['bytes that are not JSON', Buffer.from('{"half'), /6 bytes that are not JSON/, ''],
  ['a list', bytesOf([1]), /not a batch/, ''],
  ['null', bytesOf(null), /not a batch/, ''],
  [
    'a batch without rows',
    bytesOf({ schema_version: 1, batch_id: 'b', instance_id: 'shop' }),
    /not a batch: .*tables/,
    'shop',
  ],
  [
    'a newer schema',
    bytesOf({ schema_version: 2, instance_id: 'shop' }),
    /version 2 is newer.*Upgrade the sinks/,
    'shop',
  ],
  ['an older schema', bytesOf({ schema_version: 0 }), /version 0 is no longer read/, ''],
])('makes a letter of %s, with what can be told of it', (_what, content, reason, instance_id) => {
  const message = openMessage({ content, place });
  expect(message).toMatchObject({ letter: { raw: content, place, target_table: '', instance_id } });
  expect('letter' in message && message.letter.reason).toMatch(reason);
  // The same bytes again are the same letter.
  expect(openMessage({ content: Buffer.from(content), place: { ...place, offset: 9 } }).id).toBe(message.id);
});

it('makes a letter of what its sender could not send whole, even if that is JSON', async () => {
  const content = bytesOf(await minuteBatch(0));
  const message = openMessage({ content, place, refusal: 'a row of queries of 17 MiB' });
  expect(message).toMatchObject({ letter: { raw: content, reason: 'a row of queries of 17 MiB' } });
});
