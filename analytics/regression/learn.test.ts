import { describe, expect, test } from '@jest/globals';
import { utc } from '@plumbline/contracts';
import fc from 'fast-check';
import type { Point } from '../judged-points.js';
import { analytics_settings_schema } from '../settings.js';
import { normal, seeded } from '../testing/series.js';
import { at, plus } from '../testing/world.js';
import { learnBaseline } from './learn.js';
import { slotPlace } from './slots.js';

const settings = analytics_settings_schema.parse({});
const begin = at('2026-10-26 00:00:00');

function points(days: number, lnUs: (time: Date, index: number) => number, square = 1.5): readonly Point[] {
  return Array.from({ length: days * 144 }, (_, index) => {
    const from_ms = plus(begin, index * 600).getTime();
    const ln_us = lnUs(new Date(from_ms), index);
    return {
      query_hash: 'aa',
      point: from_ms / 600_000,
      from_ms,
      to_ms: from_ms + 600_000,
      calls: 100,
      time_us: 100 * Math.exp(ln_us),
      square_us2: 100 * Math.exp(2 * ln_us) * square,
      rows: 300,
      ln_us,
    };
  });
}

const noise = (seed: number, phi: number, sigma: number) => {
  const random = seeded(seed);
  let state = 0;
  return () => (state = phi * state + Math.sqrt(1 - phi ** 2) * sigma * normal(random));
};

test('slots are hours of the week from Monday, in UTC, and agree with the calendar', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      const date = new Date(ms);
      const weekday = (date.getUTCDay() + 6) % 7;
      expect(slotPlace(ms)).toEqual({
        week_slot: weekday * 24 + date.getUTCHours(),
        day_slot: date.getUTCHours() + (weekday >= 5 ? 24 : 0),
      });
    }),
  );
});

describe('four weeks with a daily cycle', () => {
  const cycle = (time: Date): number => 10 + 0.3 * Math.sin((2 * Math.PI * time.getUTCHours()) / 24);
  const next = noise(3, 0.6, 0.1);
  const learned = learnBaseline(
    points(28, (time) => cycle(time) + next()),
    [],
    plus(begin, 28 * 86_400),
    settings,
  );
  const of_week = learned.filter((row) => row.scope === 'hour_of_week');

  test('every hour of the week, of the day and all of them have a row', () => {
    expect(of_week.map((row) => row.slot)).toEqual(Array.from({ length: 168 }, (_, slot) => slot));
    expect(learned.filter((row) => row.scope === 'hour_of_day')).toHaveLength(48);
    expect(learned.filter((row) => row.scope === 'global')).toHaveLength(1);
  });

  test('medians follow the cycle; sigma and autocorrelation are those of the noise', () => {
    for (const row of of_week) {
      expect(Math.abs(row.median_ln_us - cycle(plus(begin, row.slot * 3_600)))).toBeLessThan(0.12);
      expect(row.sigma_ln).toBeCloseTo(0.1, 1);
      expect(row.autocorrelation).toBeGreaterThan(0.45);
      expect(row.autocorrelation).toBeLessThan(0.7);
      expect(row.rows_per_call).toBeCloseTo(3, 6);
      expect(row.calls_per_point).toBe(100);
    }
  });

  test('the noise about one median for all hours is larger', () => {
    expect(learned.find((row) => row.scope === 'global')?.sigma_ln).toBeGreaterThan(0.15);
  });
});

test.each([
  { days: 0.125, left: 0, title: 'three hours: all of them are being judged, none teach' },
  { days: 0.5, left: 54, title: 'half a day: the short window is left out' },
  { days: 5, left: 576, title: 'five days: the long window is left out' },
])('$title', ({ days, left }) => {
  const learned = learnBaseline(
    points(days, () => 9),
    [],
    plus(begin, days * 86_400),
    settings,
  );
  expect(learned.find((row) => row.scope === 'global')?.points ?? 0).toBe(left);
});

test('one day does not make an hour of the day', () => {
  const learned = learnBaseline(
    points(1, () => 9),
    [],
    plus(begin, 86_400),
    settings,
  );
  expect(new Set(learned.map((row) => row.scope))).toEqual(new Set(['global']));
});

test('a bad time does not teach', () => {
  const bad = { from_ms: plus(begin, 86_400).getTime(), to_ms: plus(begin, 4 * 86_400).getTime() };
  const slow = points(5, (time) => (time.getTime() >= bad.from_ms && time.getTime() < bad.to_ms ? 12 : 9));
  const as_of = plus(begin, 5 * 86_400);
  expect(learnBaseline(slow, [], as_of, settings).at(-1)?.median_ln_us).toBe(12);
  expect(learnBaseline(slow, [bad], as_of, settings).at(-1)?.median_ln_us).toBe(9);
});

test.each([
  { square: 1.5, origin: 'modelled' },
  { square: 0, origin: 'means' },
])('with squares $square percentiles are named $origin', ({ square, origin }) => {
  const [row] = learnBaseline(
    points(1, () => 9, square),
    [],
    plus(begin, 86_400),
    settings,
  );
  expect(row?.percentile_origin).toBe(origin);
  const spread = square === 0 ? 0 : Math.log(1.5);
  expect(Math.log(row?.p95_us ?? 0)).toBeCloseTo(9 - spread / 2 + 1.6448536 * Math.sqrt(spread), 6);
});

test('sigma has a floor, and nothing teaches nothing', () => {
  const [row] = learnBaseline(
    points(1, () => 9),
    [],
    plus(begin, 86_400),
    settings,
  );
  expect(row?.sigma_ln).toBe(settings.min_sigma_ln);
  expect(row?.autocorrelation).toBe(0);
  expect(learnBaseline([], [], at(utc(begin)), settings)).toEqual([]);
});
