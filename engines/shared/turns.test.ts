import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

it('gives one turn after the other, also after one that failed', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const working = (name: string, error?: Error) => async () => {
    told.push(`${name} begins`);
    await Promise.resolve();
    told.push(`${name} ends`);
    if (error !== undefined) throw error;
    return name;
  };
  const first = turns.take(working('first', new Error('lost')));
  const second = turns.take(working('second'));
  await expect(first).rejects.toThrow('lost');
  await expect(second).resolves.toBe('second');
  expect(told).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

it('lets the turn under way end, and refuses those that wait and those that come later', async () => {
  const turns = new Turns();
  let finish = (): void => undefined;
  const began = new Promise<void>((hasBegun) => {
    const first = turns.take(() => {
      hasBegun();
      return new Promise<void>((resolve) => (finish = resolve));
    });
    first.catch(() => undefined);
  });
  await began;
  const waiting = turns.take(() => Promise.resolve('too late'));
  const ended = turns.end();
  finish();
  await expect(waiting).rejects.toMatchObject({ failure: 'broken', message: 'the connection was closed' });
  await ended;
  await expect(turns.take(() => Promise.resolve())).rejects.toThrow('closed');
});
