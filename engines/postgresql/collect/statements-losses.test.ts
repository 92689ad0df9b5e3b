import { expect, it } from '@jest/globals';
import { nothingCounted, pack } from '../normalize.js';
import { lossesOf } from './statements-losses.js';
import { statements_shape } from './statements-state.js';

const told = { stats_reset: '2026-11-21 03:00:00+00', dealloc: '7' };
const silent = { stats_reset: '', dealloc: '0' };
const nothing = { was_reset: false, has_evictions: false };
const reset = { was_reset: true, has_evictions: false };
const evictions = { was_reset: false, has_evictions: true };
const counters = ['known', pack(nothingCounted(''))] as const;
const stateWith = (info: typeof told, keys: readonly string[]) => ({
  ...({ shape: statements_shape, at: '', is_partial: false, texts_at: '', texts_cost_ms: 0, ...info } as const),
  entries: Object.fromEntries(keys.map((key) => [key, counters])),
});
const seen = (keys: readonly string[], anew: readonly string[] = []) =>
  keys.map((key) => ({ key, change: { is_reset: anew.includes(key) } }));

it.each([
  ['told nothing', told, told, [], [], nothing],
  ['told a reset', told, { ...told, stats_reset: '2026-11-21 03:01:00+00' }, [], [], reset],
  ['told a pass of evictions', told, { ...told, dealloc: '8' }, [], [], evictions],
  ['that tells nothing, with all entries still there', silent, silent, ['a', 'b', 'c', 'd', 'new'], [], nothing],
  ['that tells nothing, with one entry gone', silent, silent, ['a', 'b', 'c'], [], evictions],
  ['that tells nothing, with one entry begun anew', silent, silent, ['a', 'b', 'c', 'd'], ['d'], evictions],
  ['that tells nothing, with every entry gone', silent, silent, ['new'], [], reset],
  ['that tells nothing, with half the entries gone or begun anew', silent, silent, ['a', 'b', 'c'], ['c'], reset],
])('a server %s', (_, before, now, keys, anew, losses) => {
  expect(lossesOf(now, stateWith(before, ['a', 'b', 'c', 'd']), seen(keys, anew))).toEqual(losses);
});

it('a server that tells nothing and had no entry forgot none', () => {
  expect(lossesOf(silent, stateWith(silent, []), seen(['new']))).toEqual(nothing);
});
