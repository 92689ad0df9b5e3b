import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Measurement, Recommendation, RecommendationEventRow } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { compareWithControls } from '../measuring/compare.js';
import type { Point } from '../judged-points.js';
import { at, hash, openWorld, plus } from '../testing/world.js';
import type { World } from '../testing/world.js';
import { deltas, noisy, normal, seeded } from '../testing/series.js';
import measure_job from './measure.js';

const begin = at('2026-11-20 00:00:00');
const applied = 60;
const until = 160;

/** Points of AR(1) noise; `after` multiplies the mean from the fix on. */
function points(query: number, after: number, random: () => number): Point[] {
  let state = 0;
  return Array.from({ length: until }, (_, index) => {
    state = 0.5 * state + 0.08 * normal(random);
    const ln_us = Math.log(20_000) + state + (index >= applied ? Math.log(after) : 0);
    return {
      query_hash: hash(query),
      point: index,
      from_ms: plus(begin, index * 600).getTime(),
      to_ms: plus(begin, (index + 1) * 600).getTime(),
      calls: 100,
      time_us: 100 * Math.exp(ln_us),
      square_us2: 0,
      rows: 100,
      ln_us,
    };
  });
}

const compare = (affected: number, controls: number, seed: number) => {
  const random = seeded(seed);
  const all = new Map(
    [1, 2, 3, 4, 5].map((query) => [hash(query), points(query, query === 1 ? affected : controls, random)]),
  );
  return compareWithControls(all, {
    affected: [hash(1)],
    controls: new Set([2, 3, 4, 5].map(hash)),
    applied_after: plus(begin, (applied - 1) * 600),
    applied_at: plus(begin, (applied + 1) * 600),
    point_s: 600,
    threshold: 20,
    tau: 0.2,
    min_points: 18,
    is_last: true,
  });
};

test.each([
  { title: 'three times faster', affected: 1 / 3, controls: 1, verdict: 'improved', ratio: 1 / 3 },
  { title: 'half as slow again', affected: 1.5, controls: 1, verdict: 'worse', ratio: 1.5 },
  { title: 'no change', affected: 1, controls: 1, verdict: 'not_distinguishable', ratio: 1 },
  { title: 'a machine twice as fast', affected: 0.5, controls: 0.5, verdict: 'not_distinguishable', ratio: 1 },
])('$title is told as $verdict', ({ affected, controls, verdict, ratio }) => {
  const found = compare(affected, controls, 5);
  expect(found?.verdict).toBe(verdict);
  expect(Math.abs(Math.log((found?.time_ratio.value ?? 0) / ratio))).toBeLessThan(0.1);
  expect(found?.control_ratio).toBeCloseTo(controls, 1);
  expect(found?.smallest_visible_ratio).toBeGreaterThan(1);
});

test('of 100 fixes that did nothing at most 5 are told as one or the other', () => {
  const verdicts = Array.from({ length: 100 }, (_, seed) => compare(1, 1, seed)?.verdict);
  expect(verdicts.filter((verdict) => verdict !== 'not_distinguishable').length).toBeLessThanOrEqual(5);
});

describe('on a store', () => {
  const start = at('2026-11-20 09:00:00');
  const fixed = plus(start, 200);
  const settings = { point_s: 2, measure_max_s: 300 };
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    const random = seeded(9);
    for (const query of [1, 2, 3, 4]) {
      const added_ln = (time: Date): number => (query === 1 && time >= fixed ? Math.log(1 / 4) : 0);
      const shape = { ...noisy, cycle: 0, phi: 0.3, query_hash: hash(query), added_ln };
      await world.add(
        'query_deltas',
        deltas('fixed', shape, { from: start, to: plus(start, 400), window_s: 2 }, random),
      );
    }
    await world.add(
      'queries',
      [1, 2, 3, 4].map((query) => ({
        instance_id: 'fixed',
        query_hash: hash(query),
        dialect: 'postgresql',
        statement_class: 'select',
        template: `SELECT 1 FROM t${query}`,
        hints: '',
        is_truncated: 0 as const,
        normalizer_version: 1,
        feature_source: 'ast' as const,
        features: JSON.stringify({ tables: [{ schema: '', table: `t${query}`, alias: '', access: 'read' }] }),
        observed_at: utc(start),
        batch_id: 'test',
      })),
    );
    const recommendation = {
      recommendation_id: 'r1',
      instance_id: 'fixed',
      query_hashes: [hash(1)],
      regression_ids: [],
      action: { kind: 'rewrite_query' },
    } as unknown as Recommendation;
    const event = { recommendation_id: 'r1', instance_id: 'fixed', actor: 'anna', note: '', payload: '' };
    const events: readonly RecommendationEventRow[] = [
      { ...event, kind: 'proposed', occurred_at: utc(plus(start, 150)), payload: JSON.stringify(recommendation) },
      { ...event, kind: 'applied', occurred_at: utc(fixed) },
      // Proposed and never applied: not to be measured.
      { ...event, recommendation_id: 'r2', kind: 'proposed', occurred_at: utc(fixed), payload: '{}' },
    ];
    const ndjson = events.map((one) => JSON.stringify(one)).join('\n');
    await world.store.insert('recommendation_events', ndjson, { token: 'proposed' });
  });
  afterAll(() => world.close());

  const measured = async (): Promise<readonly { note: string; measurement: Measurement }[]> => {
    const rows = await world.store.query<{ recommendation_id: string; note: string; payload: string }>(
      `SELECT recommendation_id, note, payload FROM recommendation_events WHERE kind = 'measured' ORDER BY occurred_at`,
    );
    expect(new Set(rows.map((row) => row.recommendation_id)).size).toBeLessThanOrEqual(1);
    return rows.map(({ note, payload }) => ({ note, measurement: JSON.parse(payload) as Measurement }));
  };

  test('an applied recommendation is measured: first no verdict, then improved, final, and never again', async () => {
    expect((await world.run(measure_job, plus(fixed, 20), settings)).written_rows).toBe(1);
    expect((await measured()).map(({ note, measurement }) => [note, measurement.verdict])).toEqual([['', 'measuring']]);
    await world.run(measure_job, plus(fixed, 120), settings);
    const { note, measurement } = (await measured()).at(-1) ?? {};
    expect(note).toBe('final');
    expect(measurement).toMatchObject({ recommendation_id: 'r1', verdict: 'improved', control_queries: 3 });
    expect(measurement?.applied_at).toBe(utc(fixed));
    expect(measurement?.time_ratio.value).toBeCloseTo(1 / 4, 1);
    expect((await world.run(measure_job, plus(fixed, 180), settings)).written_rows).toBe(0);
  });

  test('nothing is measured before it was applied', async () => {
    expect((await world.run(measure_job, plus(fixed, -10), settings)).written_rows).toBe(0);
  });
});
