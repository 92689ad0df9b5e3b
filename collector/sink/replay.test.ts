import { expect, it } from '@jest/globals';
import { minuteBatch } from '../testing/batches.js';
import { letterBytes, replayBatch, type BuriedLetter } from './replay.js';

const letter: BuriedLetter = {
  received_at: '2026-11-21 06:00:00.000',
  instance_id: 'shop',
  aspect: 'statements',
  batch_id: 'shop:statements:1:2',
  target_table: 'queries',
  raw: '{"a":1}\n{"a":2}',
  encoding: 'text',
};

it('makes a batch of the rows that were refused, under an id that the same content gives again', () => {
  const batch = replayBatch(letter, letterBytes(letter));
  expect(batch).toMatchObject({
    instance_id: 'shop',
    tables: [{ table: 'queries', row_count: 2, ndjson: letter.raw }],
  });
  expect(batch.batch_id).toMatch(/^shop:statements:1:2![0-9a-f]{12}$/);
  expect(replayBatch(letter, Buffer.from(`${letter.raw}\n`)).batch_id).toBe(batch.batch_id);
  expect(replayBatch(letter, Buffer.from('{"a":3}')).batch_id).not.toBe(batch.batch_id);
});

it('takes a whole message as it is, whatever bytes it was kept as', async () => {
  const batch = await minuteBatch(0);
  const raw = Buffer.from(JSON.stringify(batch)).toString('base64');
  const whole = { ...letter, target_table: '', raw, encoding: 'base64' };
  expect(replayBatch(whole, letterBytes(whole)).tables).toEqual(batch.tables);
});

it.each([
  ['half a message', { target_table: '' }, '{"half":', 'not JSON: repair it'],
  ['a message of a newer schema', { target_table: '' }, '{"schema_version":2}', 'not a batch: schema_version'],
  ['a table that batches may not name', { target_table: 'system.users' }, '{}', 'not a table that batches may name'],
  ['an empty line', {}, '{"a":1}\n\n{"a":2}', 'empty'],
  ['a line cut short', {}, '{"a":1}\n{"a"}', 'line 2 is not JSON'],
])('refuses %s', (_what, over, content, message) => {
  expect(() => replayBatch({ ...letter, ...over }, Buffer.from(content))).toThrow(message);
});
