import { utc } from '@plumbline/contracts';
import type { Point } from '../judged-points.js';
import { lastPoint } from '../judged-span.js';
import { isOwnChange, slowQueries } from '../regression/latency.js';
import { learnBaseline } from '../regression/learn.js';
import { rareQueries } from '../regression/rare.js';
import { baselinesOf, residualsAgainst } from '../regression/residuals.js';
import type { AnalyticsSettings } from '../settings.js';
import { analytics_settings_schema } from '../settings.js';
import { means, noisy, normal, seeded } from './series.js';
import type { SeriesShape } from './series.js';
import { at, hash, plus } from './world.js';

/**
 * Stage 1 of the judge over seeded series, one instance of them at a time: what the quality tests and `npm run bench --
 * quality` measure. Nothing is stored: points go in as the store would hand them out.
 */
const begin = at('2026-10-19 00:00:00');
export const series = 20;

export type World = ReadonlyMap<string, readonly Point[]>;

function pointsOf(shape: Partial<SeriesShape>, query: number, to: Date, point_s: number, seed: number): Point[] {
  const query_hash = hash(query);
  const whole = { ...noisy, ...shape, query_hash };
  const span = { from: begin, to, window_s: point_s };
  const random = seeded(1_000 * seed + query);
  return [...means(whole, span, random)].flatMap(({ from_ms, to_ms, mean_us }) => {
    const { calls, ln_us } = runsOf(whole.calls_per_window, Math.log(mean_us), random);
    if (calls === 0) return [];
    const time_us = calls * Math.exp(ln_us);
    return {
      ...{ query_hash, point: from_ms / (point_s * 1000), from_ms, to_ms, calls, time_us, ln_us },
      square_us2: (1.5 * time_us ** 2) / calls,
      rows: calls * 3,
    };
  });
}

/** Below this many runs a point's mean is not its level: each run has its own parameters. */
const few_calls = 10;
const run_sigma_ln = 0.5;

/** Seldom queries run by chance (Poisson), and a mean of few runs wavers with each of them. */
function runsOf(calls_per_window: number, ln_us: number, random: () => number): { calls: number; ln_us: number } {
  if (calls_per_window >= few_calls) return { calls: calls_per_window, ln_us };
  let calls = 0;
  for (let left = random(); left > Math.exp(-calls_per_window); left *= random()) calls++;
  return { calls, ln_us: ln_us + (run_sigma_ln / Math.sqrt(calls)) * (calls === 0 ? 0 : normal(random)) };
}

export function worldOf(run: Run, seed: number): World {
  const { to, settings, shape } = run;
  const key = `${run.name} ${settings.point_s} ${seed}`;
  const made = worlds.get(key);
  if (made !== undefined) return made;
  const queries = Array.from({ length: series }, (_, query) => query);
  const world = new Map(queries.map((query) => [hash(query), pointsOf(shape, query, to, settings.point_s, seed)]));
  worlds.set(key, world);
  return world;
}
const worlds = new Map<string, World>();

/** From the step on; a ramp takes its time to reach the whole ratio. */
function slowed(points: readonly Point[], { at, ratio, ramp_s = 0 }: Step): readonly Point[] {
  return points.map((point) => {
    const since_s = (point.from_ms - at.getTime()) / 1000;
    if (since_s < 0) return point;
    const added_ln = Math.log(ratio) * Math.min(1, ramp_s === 0 ? 1 : since_s / ramp_s);
    return { ...point, time_us: point.time_us * Math.exp(added_ln), ln_us: point.ln_us + added_ln };
  });
}

const until = (points: readonly Point[], time: Date): readonly Point[] =>
  points.filter((point) => point.to_ms <= time.getTime());

function learned(world: World, as_of: Date, settings: AnalyticsSettings) {
  const rows = [...world].flatMap(([query_hash, points]) => {
    const slots = learnBaseline(until(points, as_of), [], as_of, settings);
    if (slots.length === 0) return [];
    return {
      query_hash,
      computed_at: utc(as_of),
      percentile_origin: 'modelled' as const,
      scopes: slots.map((slot) => slot.scope),
      slots: slots.map((slot) => slot.slot),
      points: slots.map((slot) => slot.points),
      medians_ln_us: slots.map((slot) => slot.median_ln_us),
      sigmas_ln: slots.map((slot) => slot.sigma_ln),
      autocorrelations: slots.map((slot) => slot.autocorrelation),
      long_autocorrelations: slots.map((slot) => slot.long_autocorrelation),
      calls_per_point: slots.map((slot) => slot.calls_per_point),
      rows_per_call: slots.map((slot) => slot.rows_per_call),
    };
  });
  return baselinesOf(rows, new Map());
}

const taught_worlds = new Map<World, ReturnType<typeof learned>>();
function learnedOnce(world: World, as_of: Date, settings: AnalyticsSettings): ReturnType<typeof learned> {
  const known = taught_worlds.get(world);
  if (known !== undefined) return known;
  const taught = learned(world, as_of, settings);
  taught_worlds.set(world, taught);
  return taught;
}

function alarmsAt(world: World, baselines: ReturnType<typeof learned>, as_of: Date, settings: AnalyticsSettings) {
  const last = lastPoint(as_of, settings);
  const back = (query_hash: string, window_points: number): readonly Point[] =>
    pointsBetween(world.get(query_hash) ?? [], last - window_points, last);
  const residualsOf = (queries: readonly string[], window_points: number) =>
    new Map(
      queries.map((query_hash) => [
        query_hash,
        residualsAgainst(back(query_hash, window_points), baselines.get(query_hash), settings.point_s),
      ]),
    );
  const queries = [...world.keys()];
  const points = new Map(queries.map((query_hash) => [query_hash, back(query_hash, settings.long_points)]));
  const residuals = residualsOf(queries, settings.long_points);
  const rare_residuals = residualsOf(rareQueries(points, as_of, settings), settings.rare_points);
  const hits = slowQueries({ settings, as_of, past: new Map(), points, residuals, rare_residuals });
  return new Set(hits.filter((hit) => isOwnChange(hit, settings)).map((hit) => hit.query_hash));
}

/** Points in (after, last]; points are in order. */
function pointsBetween(points: readonly Point[], after: number, last: number): readonly Point[] {
  const placeOf = (point: number): number => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.point ?? Infinity) <= point) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return points.slice(placeOf(after), placeOf(last));
}

export interface Run {
  readonly from: Date;
  readonly to: Date;
  readonly judge_every_s: number;
  readonly learn_every_s: number;
  readonly settings: AnalyticsSettings;
  /** Names the shape: series are made once per name and seed. */
  readonly name: string;
  readonly shape: Partial<SeriesShape>;
}

/** When each query raised an alarm that it had not raised the time before. */
export function judge(
  world: World,
  run: Run,
  taught = learned(world, run.from, run.settings),
): readonly { readonly query_hash: string; readonly time: Date }[] {
  const raised: { query_hash: string; time: Date }[] = [];
  let last = new Set<string>();
  let baselines = taught;
  let learned_at = run.from;
  for (let time = run.from; time <= run.to; time = plus(time, run.judge_every_s)) {
    if (time.getTime() - learned_at.getTime() >= run.learn_every_s * 1000) {
      baselines = learned(world, time, run.settings);
      learned_at = time;
    }
    const now = alarmsAt(world, baselines, time, run.settings);
    for (const query_hash of now) if (!last.has(query_hash)) raised.push({ query_hash, time });
    last = now;
  }
  return raised;
}

const week_s = 7 * 86_400;

export interface Step {
  readonly at: Date;
  readonly ratio: number;
  readonly within_s: number;
  /** How long it takes to become that slow; 0: at once. */
  readonly ramp_s?: number;
}

/** Share of the broken series that raise an alarm in time; every fifth series is broken, the others are as ever. */
export function recall(run: Run, step: Step, seeds: readonly number[]): number {
  const broken = Array.from({ length: series / 5 }, (_, index) => hash(5 * index));
  let found = 0;
  for (const seed of seeds) {
    const whole = worldOf(run, seed);
    // What comes after the step does not teach, so the series as they were before it do.
    const taught = learnedOnce(whole, step.at, run.settings);
    const world = new Map(whole);
    for (const query_hash of broken) world.set(query_hash, slowed(world.get(query_hash) ?? [], step));
    const watched = { ...run, from: step.at, to: plus(step.at, step.within_s), learn_every_s: Infinity };
    const raised = judge(world, watched, taught);
    found += broken.filter((query_hash) => raised.some((alarm) => alarm.query_hash === query_hash)).length;
  }
  return found / (broken.length * seeds.length);
}

const slow_from = plus(begin, 28 * 86_400);
/** Four weeks of ten-minute points have taught; a week is judged every hour. */
export const slow: Run = {
  from: slow_from,
  to: plus(slow_from, week_s),
  judge_every_s: 3_600,
  learn_every_s: 86_400,
  settings: analytics_settings_schema.parse({}),
  name: 'usual',
  shape: {},
};

const fast_settings = analytics_settings_schema.parse({ point_s: 2 });
export const secondsBefore = (points: number): Date => plus(begin, 2 * (points + fast_settings.short_points));
/** As in a demo: 50 to 90 points of two seconds have taught; judged every ten seconds, learned each time. */
export const fast: Run = {
  from: secondsBefore(50),
  to: secondsBefore(90),
  judge_every_s: 10,
  learn_every_s: 10,
  settings: fast_settings,
  name: 'seconds',
  shape: { cycle: 0, calls_per_window: 20, phi: 0.4 },
};
