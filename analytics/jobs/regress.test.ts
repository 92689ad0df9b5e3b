import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { InstanceEventRow, Regression } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { deltas, noisy, seeded } from '../testing/series.js';
import type { SeriesShape } from '../testing/series.js';
import { at, hash, openWorld, plus } from '../testing/world.js';
import type { World } from '../testing/world.js';
import baseline_job from './baseline.js';
import regress_job from './regress.js';

/** Ten-minute points: 15 days of history, judged each hour of the day after. */
const begin = at('2026-11-02 00:00:00');
const broken = plus(begin, 15 * 86_400 + 10 * 3_600);
const end = plus(broken, 10 * 3_600);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function history(instance_id: string, shapes: readonly Partial<SeriesShape>[], seed: number): Promise<void> {
  const random = seeded(seed);
  for (const [index, shape] of shapes.entries()) {
    const whole = { ...noisy, query_hash: hash(index + 1), ...shape };
    await world.add('query_deltas', deltas(instance_id, whole, { from: begin, to: end, window_s: 600 }, random));
  }
}

const slower =
  (ratio: number, from = broken, to = end) =>
  (time: Date): number =>
    time >= from && time < to ? Math.log(ratio) : 0;

const judgeHourly = async (from: Date, to: Date): Promise<void> => {
  for (let time = from; time <= to; time = plus(time, 3_600)) await world.run(regress_job, time);
};

const event = (instance_id: string, change: Partial<InstanceEventRow>): InstanceEventRow => ({
  instance_id,
  occurred_at: utc(broken),
  noticed_after: utc(plus(broken, -60)),
  kind: 'restart',
  database_name: 'shop',
  object_name: '',
  subject: '',
  query_hash: '',
  before: '',
  after: '',
  batch_id: 'test',
  ...change,
});

const of_query = (found: readonly { state: string; regression: Regression }[], query: number) =>
  found.filter(({ regression }) => regression.query_hash === hash(query));

describe('with two weeks of ten-minute points', () => {
  beforeAll(async () => {
    await history(
      'main',
      [
        { added_ln: slower(2) },
        { added_ln: slower(1.5) },
        {},
        {},
        { added_ln: slower(1.03) },
        { calls_per_window: 1, mean_us: 20_000, added_ln: slower(3) },
        { added_ln: slower(2, broken, plus(broken, 4 * 3_600)) },
        {},
        {},
        {},
        {},
        {},
      ],
      7,
    );
    await world.add('instance_events', [
      event('main', { kind: 'index_dropped', object_name: 'public.Orders', subject: 'orders_customer_idx' }),
    ]);
    await world.add('queries', [
      {
        instance_id: 'main',
        query_hash: hash(1),
        dialect: 'postgresql',
        statement_class: 'select',
        template: 'SELECT 1 FROM orders',
        hints: '',
        is_truncated: 0,
        normalizer_version: 1,
        feature_source: 'ast',
        features: JSON.stringify({ tables: [{ schema: '', table: 'orders', alias: '', access: 'read' }] }),
        observed_at: utc(begin),
        batch_id: 'test',
      },
    ]);
    await world.run(baseline_job, plus(broken, -600));
    await judgeHourly(broken, end);
  }, 120_000);

  test('twice as slow is opened, dated to its window, and blamed on the index dropped then', async () => {
    const [found] = of_query(await world.regressions('main', end), 1);
    expect(found?.state).toBe('open');
    expect(found?.regression.onset_at).toBe(utc(plus(broken, 600)));
    expect(found?.regression.effect_ratio).toBeGreaterThan(1.7);
    expect(found?.regression.effect_ratio).toBeLessThan(2.4);
    expect(found?.regression.cause).toMatchObject({ kind: 'index_dropped', subject: 'orders_customer_idx' });
    expect(found?.regression.baseline_scope).toBe('hour_of_week');
  });

  test('half as slow again is opened within its day', async () => {
    expect(of_query(await world.regressions('main', end), 2)).toHaveLength(1);
  });

  test('queries that did not change, changed by 3 %, or hardly run are left alone', async () => {
    const found = await world.regressions('main', end);
    expect(found.map(({ regression }) => regression.query_hash).sort()).toEqual([hash(1), hash(2), hash(7)]);
  });

  test('one that came back is resolved', async () => {
    expect(of_query(await world.regressions('main', end), 7).map(({ state }) => state)).toEqual(['resolved']);
  });

  test('judging the same moment twice writes nothing new', async () => {
    expect((await world.run(regress_job, end)).written_rows).toBe(0);
  });

  test('its baseline is frozen while it is open; a healthy one is learned again', async () => {
    await world.run(baseline_job, end, { mature_baseline_every_s: 1 });
    const rows = await world.store.query<{ query_hash: string }>(
      'SELECT DISTINCT query_hash FROM baselines WHERE computed_at = {at:DateTime64(3)}',
      { params: { at: utc(end) } },
    );
    const learned = rows.map((row) => row.query_hash);
    expect(learned).toContain(hash(3));
    expect(learned).not.toContain(hash(1));
  });
});

test('a query that a person opted out is not judged', async () => {
  await history('quiet', [{ added_ln: slower(3) }], 3);
  await world.run(baseline_job, plus(broken, -600));
  await world.run(regress_job, plus(broken, 3 * 3_600));
  const [opened] = await world.regressions('quiet', end);
  await world.store.insert(
    'regression_events',
    JSON.stringify({
      regression_id: opened?.regression.regression_id,
      instance_id: 'quiet',
      query_hash: hash(1),
      kind: 'opted_out',
      occurred_at: utc(plus(broken, 4 * 3_600)),
      actor: 'anna',
      note: 'a report',
      payload: '',
    }),
    { token: 'opt-out' },
  );
  await judgeHourly(plus(broken, 5 * 3_600), end);
  expect((await world.regressions('quiet', end)).map(({ state }) => state)).toEqual(['opted_out']);
});

const answer = (found: Regression | undefined, kind: string, time: Date) =>
  world.store.insert(
    'regression_events',
    JSON.stringify({
      regression_id: found?.regression_id,
      instance_id: found?.instance_id,
      query_hash: found?.query_hash,
      kind,
      occurred_at: utc(time),
      actor: 'anna',
      note: '',
      payload: '',
    }),
    { token: `${kind} ${found?.regression_id}` },
  );

test('one that a person resolved is the new normal: it is learned from the onset on and not told again', async () => {
  const later = plus(end, 2 * 86_400);
  const random = seeded(17);
  const shape = { ...noisy, query_hash: hash(1), added_ln: slower(2, broken, later) };
  await world.add('query_deltas', deltas('accepted', shape, { from: begin, to: later, window_s: 600 }, random));
  await world.run(baseline_job, plus(broken, -600));
  await world.run(regress_job, plus(broken, 5 * 3_600));
  const [opened] = await world.regressions('accepted', end);
  expect(opened?.state).toBe('open');
  await answer(opened?.regression, 'resolved', plus(broken, 6 * 3_600));
  await judgeHourly(plus(broken, 7 * 3_600), end);
  await world.run(baseline_job, later);
  await world.run(regress_job, later);
  expect((await world.regressions('accepted', later)).map(({ state }) => state)).toEqual(['resolved']);
  const [learned] = await world.store.query<{ median_ln_us: number }>(
    `SELECT median_ln_us FROM baselines WHERE instance_id = 'accepted' AND scope = 'global' ORDER BY computed_at DESC LIMIT 1`,
  );
  expect(Math.abs((learned?.median_ln_us ?? 0) - Math.log(2 * noisy.mean_us))).toBeLessThan(0.3);
});

test('a query that fell silent is resolved after a whole long window without a run', async () => {
  const silent = plus(broken, 5 * 3_600);
  const random = seeded(19);
  const shape = { ...noisy, query_hash: hash(1), added_ln: slower(2) };
  await world.add('query_deltas', deltas('silent', shape, { from: begin, to: silent, window_s: 600 }, random));
  const other = { ...noisy, query_hash: hash(2) };
  const until = plus(silent, 26 * 3_600);
  await world.add('query_deltas', deltas('silent', other, { from: begin, to: until, window_s: 600 }, random));
  await world.run(baseline_job, plus(broken, -600));
  await world.run(regress_job, silent);
  const statesAt = async (time: Date): Promise<readonly string[]> => {
    await world.run(regress_job, time);
    return of_query(await world.regressions('silent', time), 1).map(({ state }) => state);
  };
  expect(await statesAt(silent)).toEqual(['open']);
  expect(await statesAt(plus(silent, 20 * 3_600))).toEqual(['open']);
  expect(await statesAt(plus(silent, 25 * 3_600))).toEqual(['resolved']);
});

describe('a query too young for a baseline, whose plan changed', () => {
  const start = at('2026-11-24 09:00:00');
  const changed = plus(start, 100 * 60);
  const mended = plus(start, 200 * 60);
  const planned = (query: number, ratio: number): Promise<void> => {
    const added_ln = (time: Date): number => (time >= changed && time < mended ? Math.log(ratio) : 0);
    const shape = { ...noisy, cycle: 0, query_hash: hash(query), added_ln };
    const span = { from: start, to: plus(start, 400 * 60), window_s: 60 };
    return world.add('query_deltas', deltas('planned', shape, span, seeded(query)));
  };
  beforeAll(async () => {
    await planned(1, 3);
    await planned(2, 1);
    const noted = { noticed_after: utc(plus(changed, -10)), occurred_at: utc(changed), before: 'p1', after: 'p2' };
    await world.add(
      'instance_events',
      [1, 2].map((query) => event('planned', { ...noted, kind: 'plan_changed', query_hash: hash(query) })),
    );
    await world.run(regress_job, plus(changed, 90 * 60));
  });

  test('is opened as a plan regression, dated to the change; a harmless change is not', async () => {
    const found = await world.regressions('planned', mended);
    expect(found.map(({ regression }) => [regression.query_hash, regression.kind])).toEqual([[hash(1), 'plan']]);
    expect(found[0]?.regression).toMatchObject({
      onset_at: utc(changed),
      cause: { kind: 'plan_changed', subject: 'p2' },
    });
    expect(found[0]?.regression.effect_ratio).toBeCloseTo(3, 0);
  });

  test('is resolved when it is as fast as under the good plan again', async () => {
    const later = plus(mended, 90 * 60);
    await world.run(regress_job, later);
    expect((await world.regressions('planned', later)).map(({ state }) => state)).toEqual(['resolved']);
  });
});

test('slow points around a restart are not judged once it is known', async () => {
  await history('restarted', [{ added_ln: slower(4, broken, plus(broken, 7_200)) }], 5);
  await world.add('instance_events', [
    event('restarted', {
      kind: 'restart',
      noticed_after: utc(plus(broken, -60)),
      occurred_at: utc(plus(broken, 7_200)),
    }),
  ]);
  await world.run(baseline_job, plus(broken, -600));
  await judgeHourly(plus(broken, 2 * 3_600), plus(broken, 6 * 3_600));
  expect(await world.regressions('restarted', end)).toEqual([]);
});
