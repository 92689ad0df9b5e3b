import { describe, expect, it } from '@jest/globals';
import { stateOf, windowOf } from './reading.js';

interface State {
  readonly shape: 'statements.2';
  readonly at: string;
}

describe('stateOf', () => {
  it('gives back a state of this shape', () => {
    const state = { shape: 'statements.2', at: '2026-11-01T12:00:00.000Z', calls: '7' };
    expect(stateOf<State>(state, 'statements.2')).toBe(state);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'statements.2'],
    ['an older shape', { shape: 'statements.1', at: '2026-11-01T12:00:00.000Z' }],
    ['no shape', { at: '2026-11-01T12:00:00.000Z' }],
    ['no time', { shape: 'statements.2' }],
    ['a time that is no text', { shape: 'statements.2', at: 1_793_534_400_000 }],
    ['a time that cannot be read', { shape: 'statements.2', at: 'never' }],
  ])('takes %s for no state', (_, previous) => {
    expect(stateOf<State>(previous, 'statements.2')).toBeUndefined();
  });
});

describe('windowOf', () => {
  const now = new Date('2026-11-01T12:00:00Z');
  const reading = { tools: { clock: { now: () => now } } };

  it.each([
    ['begins where the last reading ended', '2026-11-01T11:59:00Z', '2026-11-01T11:59:00Z'],
    ['is empty at a baseline', undefined, '2026-11-01T12:00:00Z'],
    ['is empty, never negative, after the clock went back', '2026-11-01T12:00:01Z', '2026-11-01T12:00:00Z'],
  ])('%s', (_, previous_at, start) => {
    expect(windowOf(reading, previous_at)).toEqual({ start: new Date(start), end: now });
  });
});
