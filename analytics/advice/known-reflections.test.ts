import { expect, test } from '@jest/globals';
import { utc, type ViewName } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { knownReflections } from './known-reflections.js';

const as_of = new Date('2026-11-20T12:00:00Z');
const hoursAgo = (hours: number) => utc(new Date(as_of.getTime() - hours * 3_600_000));

/** Answers as the two views would. */
function contextOf(state: string | undefined, listed_hours_ago: readonly number[]): Pick<JobContext, 'ask'> {
  const aspects = state === undefined ? [] : [{ aspect: 'reflections', state, observed_at: hoursAgo(0.5) }];
  const reflections = listed_hours_ago.map((hours) => ({ reflection_id: 'r1', observed_at: hoursAgo(hours) }));
  const ask = async (view: ViewName) => (view === 'aspects_latest' ? aspects : reflections);
  return { ask: ask as unknown as JobContext['ask'] };
}

test.each([
  ['listed an hour ago are there', 'ok', [1], { rows: [{ reflection_id: 'r1' }], listed_at: hoursAgo(1) }],
  ['read in part are believed', 'degraded', [1], { rows: [{ reflection_id: 'r1' }] }],
  ['listed three days ago, and readable since, are gone', 'ok', [72], { rows: [], listed_at: hoursAgo(0.5) }],
  ['of which none was ever listed are none', 'ok', [], { rows: [], listed_at: hoursAgo(0.5) }],
])('reflections %s', async (_title, state, listed, known) => {
  expect(await knownReflections(contextOf(state, listed), 'lake', as_of)).toMatchObject(known);
});

test.each([
  ['that the user may not see', 'denied'],
  ['that could not be read just now', 'failed'],
  ['of an engine that has none', undefined],
])('nothing is known of reflections %s', async (_title, state) => {
  expect(await knownReflections(contextOf(state, [1]), 'lake', as_of)).toBeUndefined();
});
