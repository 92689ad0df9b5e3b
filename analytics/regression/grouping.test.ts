import { expect, test } from '@jest/globals';
import type { Regression } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { at, plus } from '../testing/world.js';
import { grouped } from './grouping.js';

const onset = at('2026-11-20 10:00:00');

function regression(
  regression_id: string,
  extra_seconds_per_day: number,
  cause: { readonly kind: Regression['cause']['kind']; readonly object_name?: string; readonly subject?: string },
  after_s = 0,
): Regression {
  return {
    regression_id,
    extra_seconds_per_day,
    onset_after: utc(plus(onset, after_s - 10)),
    onset_at: utc(plus(onset, after_s)),
    group_id: regression_id,
    cause: { sentence: '', object_name: '', subject: '', occurred_at: null, ...cause },
  } as Regression;
}

const dropped = { kind: 'index_dropped', object_name: 'public.orders', subject: 'i' } as const;
const groupsOf = (found: readonly Regression[]): Readonly<Record<string, string>> =>
  Object.fromEntries(found.map((one) => [one.regression_id, one.group_id]));

test.each([
  {
    title: 'one dropped index behind two queries: the costliest leads',
    opened: [regression('a', 10, dropped), regression('b', 90, dropped, 20)],
    groups: { a: 'b', b: 'b' },
  },
  {
    title: 'two indexes dropped at once are two stories',
    opened: [regression('a', 10, dropped), regression('b', 90, { ...dropped, subject: 'j' })],
    groups: { a: 'a', b: 'b' },
  },
  {
    title: 'the same index dropped an hour later is another story',
    opened: [regression('a', 10, dropped), regression('b', 90, dropped, 3_600)],
    groups: { a: 'a', b: 'b' },
  },
  {
    title: 'without a named cause the same onset makes a group',
    opened: [regression('a', 10, { kind: 'unknown' }), regression('b', 90, { kind: 'unknown' }, 5)],
    groups: { a: 'b', b: 'b' },
  },
  {
    title: 'different causes at one onset are two stories',
    opened: [regression('a', 10, { kind: 'unknown' }), regression('b', 90, { kind: 'calls_grew' })],
    groups: { a: 'a', b: 'b' },
  },
])('$title', ({ opened, groups }) => {
  expect(groupsOf(grouped(opened, [], 30))).toEqual(groups);
});

test('an open regression leads what joins it, whatever it costs', () => {
  expect(groupsOf(grouped([regression('b', 90, dropped)], [regression('a', 1, dropped)], 30))).toEqual({ b: 'a' });
});
