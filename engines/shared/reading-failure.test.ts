import { expect, it } from '@jest/globals';
import { SourceError } from '@plumbline/contracts';
import { readingFailure } from './reading-failure.js';

it('leaves what the source caused as it is', () => {
  const denied = new SourceError('denied', 'permission denied', 'GRANT it');
  expect(readingFailure(denied, 'plans')).toBe(denied);
});

it('tells name and place of our own fault, and nothing that was read', () => {
  const fault = readingFailure(new TypeError(`cannot read 'secret@shop.example'`), 'plans');
  expect(fault).toMatchObject({ failure: 'broken', fix: 'Report it' });
  expect(fault.message).toMatch(/^reading plans failed in the program itself: TypeError [\w-]+\.js:\d+$/);
});

it.each([
  ['a text', 'secret@shop.example'],
  ['nothing', undefined],
])('tells that %s was thrown, and nothing of it', (_, thrown) => {
  expect(readingFailure(thrown, 'plans').message).toBe('reading plans failed in the program itself: unknown error ');
});

it.each([['AbortError'], ['TimeoutError']])('tells that a reading was given up for an %s', (name) => {
  expect(readingFailure(new DOMException('the limit', name), 'plans')).toMatchObject({
    failure: 'timeout',
    message: 'reading plans was given up',
  });
});
