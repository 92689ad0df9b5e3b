import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { utc } from '@plumbline/contracts';
import { deltas, noisy, seeded } from '../testing/series.js';
import { at, hash, openWorld, plus } from '../testing/world.js';
import type { World } from '../testing/world.js';
import type { AnalyticsSettings } from '../settings.js';
import baseline_job from './baseline.js';

/** Five days of ten-minute points of one query; what is `bad` runs four times as long. */
const begin = at('2026-11-02 00:00:00');
const bad_day = plus(begin, 86_400);
const end = plus(begin, 5 * 86_400);
const usual_ln = Math.log(noisy.mean_us);
const bad_ln = Math.log(4);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function ran(instance_id: string, from: Date, to: Date, slowdown_ln: number): Promise<void> {
  const shape = { ...noisy, cycle: 0, spikes: 0, phi: 0, query_hash: hash(1), added_ln: () => slowdown_ln };
  await world.add('query_deltas', deltas(instance_id, shape, { from, to, window_s: 600 }, seeded(3)));
}

async function learned(instance_id: string, as_of: Date, settings: Partial<AnalyticsSettings> = {}) {
  await world.run(baseline_job, as_of, settings);
  const [row] = await world.store.query<{ points: number; median_ln_us: number }>(
    `SELECT points, median_ln_us FROM baselines FINAL WHERE instance_id = {instance_id:String} AND scope = 'global'`,
    { params: { instance_id } },
  );
  if (row === undefined) throw new Error(`${instance_id} has no baseline`);
  return { points: row.points, off: Math.abs(row.median_ln_us - usual_ln) };
}

test('rows that came after judging, as a back-fill of AWR snapshots, correct the baseline on the next run', async () => {
  await ran('late', plus(begin, 3.5 * 86_400), end, bad_ln);
  const before = await learned('late', end);
  expect(before.off).toBeGreaterThan(bad_ln - 0.1);
  await ran('late', begin, plus(begin, 3.5 * 86_400), 0);
  const after = await learned('late', plus(end, 3_600));
  expect(after.points).toBeGreaterThan(before.points + 300);
  expect(after.off).toBeLessThan(0.1);
});

/** Most of five days is bad. */
async function mostlyBad(instance_id: string): Promise<void> {
  const good_again = plus(bad_day, 3 * 86_400);
  await ran(instance_id, begin, bad_day, 0);
  await ran(instance_id, bad_day, good_again, bad_ln);
  await ran(instance_id, good_again, end, 0);
}
const bad_days = [0, 1, 2].map((days) => utc(plus(bad_day, days * 86_400)).slice(0, 10));
const short_window = { long_points: 36 };

test('a quiet day teaches nothing on the instance it is configured for, or on all', async () => {
  await mostlyBad('holiday');
  const learnedWith = (minutes: number, instance_id: string | undefined) =>
    learned('holiday', plus(end, minutes * 60), {
      ...short_window,
      quiet_days: bad_days.map((day) => ({ day, ...(instance_id === undefined ? {} : { instance_id }) })),
    });
  expect((await learnedWith(0, 'another')).off).toBeGreaterThan(1);
  const of_it = await learnedWith(1, 'holiday');
  expect(of_it.off).toBeLessThan(0.1);
  expect(of_it.points).toBeLessThan(2 * 144);
  expect((await learnedWith(2, 'another')).off).toBeGreaterThan(1);
  expect(await learnedWith(3, undefined)).toEqual(of_it);
});

test('the time around a restart teaches nothing', async () => {
  await mostlyBad('restarted');
  expect((await learned('restarted', end, short_window)).off).toBeGreaterThan(1);
  await world.add('instance_events', [
    {
      ...{ instance_id: 'restarted', kind: 'restart', database_name: '', object_name: '', subject: '' },
      ...{ query_hash: '', before: '', after: '', batch_id: 'test' },
      ...{ noticed_after: utc(bad_day), occurred_at: utc(plus(bad_day, 3 * 86_400)) },
    },
  ]);
  expect((await learned('restarted', plus(end, 60), short_window)).off).toBeLessThan(0.1);
});
