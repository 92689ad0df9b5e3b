import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { utc } from '@plumbline/contracts';
import { deltas, noisy, seeded } from '../testing/series.js';
import type { SeriesShape } from '../testing/series.js';
import { at, hash, openWorld, plus } from '../testing/world.js';
import type { World } from '../testing/world.js';
import baseline_job from './baseline.js';
import regress_job from './regress.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('with points of two seconds and a minute or two of history', () => {
  const start = at('2026-11-20 09:00:00');
  const settings = { point_s: 2 };
  const steady: Partial<SeriesShape> = { cycle: 0, calls_per_window: 20, phi: 0.4 };
  const short = async (instance_id: string, shapes: readonly Partial<SeriesShape>[], seed: number, to_s: number) => {
    const random = seeded(seed);
    for (const [index, shape] of shapes.entries()) {
      const whole = { ...noisy, ...steady, query_hash: hash(index + 1), ...shape };
      const span = { from: start, to: plus(start, to_s), window_s: 2 };
      await world.add('query_deltas', deltas(instance_id, whole, span, random));
    }
  };
  const judge = async (from_s: number, to_s: number): Promise<void> => {
    for (let time = from_s; time <= to_s; time += 10) {
      await world.run(baseline_job, plus(start, time), settings);
      await world.run(regress_job, plus(start, time), settings);
    }
  };

  test('ten times slower is opened within forty seconds, dated to one window', async () => {
    const drop = plus(start, 110);
    const added_ln = (time: Date): number => (time >= drop ? Math.log(10) : 0);
    await short('demo', [{ added_ln }, {}, {}, {}, {}, {}], 11, 150);
    await judge(100, 150);
    const found = await world.regressions('demo', plus(start, 150));
    expect(found.map(({ regression }) => regression.query_hash)).toEqual([hash(1)]);
    expect(found[0]?.regression.onset_at).toBe(utc(plus(drop, 2)));
    expect(found[0]?.regression.baseline_scope).toBe('global');
  });

  test('steady series open nothing, also when the whole machine wavers', async () => {
    const wavers = (time: Date): number => (time >= plus(start, 120) && time < plus(start, 170) ? Math.log(1.8) : 0);
    await short(
      'aa',
      Array.from({ length: 30 }, () => ({})),
      12,
      200,
    );
    await short(
      'wavers',
      Array.from({ length: 12 }, () => ({ added_ln: wavers })),
      13,
      200,
    );
    await judge(100, 200);
    expect(await world.regressions('aa', plus(start, 200))).toEqual([]);
    expect(await world.regressions('wavers', plus(start, 200))).toEqual([]);
  });
});
