import type { BaselineRow } from '@plumbline/contracts';
import type { Point } from '../judged-points.js';
import { deviate_p95, deviate_p99 } from '../math/lognormal.js';
import { medianOfSorted } from '../math/robust.js';
import type { AnalyticsSettings } from '../settings.js';
import { withoutDrift } from './drift.js';
import { noiseOf } from './noise.js';
import type { Noise } from './noise.js';
import { slotPlace } from './slots.js';
import type { TimeSpan } from './spans.js';

export type Learned = Omit<BaselineRow, 'instance_id' | 'query_hash' | 'computed_at'>;
type Scope = BaselineRow['scope'];

/** A point with where each scope puts it. */
interface Placed {
  readonly point: Point;
  readonly week_slot: number;
  readonly day_slot: number;
  readonly week: number;
  readonly day: number;
  /** Variance of ln(time) of the runs inside the point, as its sum of squares gives it; 0 where none is counted. */
  readonly spread: number;
}

interface ScopeRule {
  readonly scope: Scope;
  ownSlot(placed: Placed): number;
  /** The slots a point teaches: its own and the hours beside it. */
  slots(own_slot: number): readonly number[];
  /** A slot must have been seen on two of these, else one bad day would be the rule. */
  occasion(placed: Placed): number;
  readonly min_occasions: number;
}

const scope_rules: readonly ScopeRule[] = [
  {
    scope: 'hour_of_week',
    ownSlot: (placed) => placed.week_slot,
    slots: (own) => [own, (own + 1) % 168, (own + 167) % 168],
    occasion: (placed) => placed.week,
    min_occasions: 2,
  },
  {
    scope: 'hour_of_day',
    ownSlot: (placed) => placed.day_slot,
    slots: (own) => [own, ...[1, 23].map((step) => ((own + step) % 24) + (own >= 24 ? 24 : 0))],
    occasion: (placed) => placed.day,
    min_occasions: 2,
  },
  { scope: 'global', ownSlot: () => 0, slots: () => [0], occasion: () => 0, min_occasions: 1 },
];

/**
 * The baseline of one query from its points in order of time, those older than the window being judged:
 * r = ln(mean per run), a slow drift taken out; median per slot, each slot pooled with the hours beside it; sigma and
 * autocorrelation of r about its slot's median, over all slots of the scope (noise.ts). Slots with too few points are left
 * out; none at all gives no rows.
 */
export function learnBaseline(
  points: readonly Point[],
  left_out: readonly TimeSpan[],
  as_of: Date,
  settings: AnalyticsSettings,
): readonly Learned[] {
  const taught = withoutDrift(teaching(points, left_out, as_of, settings), as_of, settings);
  const placed = taught.map((point) => placedAt(point, settings.point_s));
  return scope_rules.flatMap((rule) => learnScope(rule, placed, settings));
}

/** What is being judged must not teach: the long window once there is enough history for it, else the short. */
function teaching(
  points: readonly Point[],
  left_out: readonly TimeSpan[],
  as_of: Date,
  settings: AnalyticsSettings,
): readonly Point[] {
  const { point_s, long_points, short_points } = settings;
  const now_points = as_of.getTime() / 1000 / point_s;
  const is_long = (points[0]?.point ?? Number.NaN) < now_points - 4 * long_points;
  const last = now_points - (is_long ? long_points : short_points);
  return points.filter(
    (point) =>
      point.point + 1 <= last && !left_out.some((bad) => point.to_ms > bad.from_ms && point.from_ms < bad.to_ms),
  );
}

const day_ms = 86_400_000;

function placedAt(point: Point, point_s: number): Placed {
  const begin_ms = point.point * point_s * 1000;
  const day = Math.floor(begin_ms / day_ms);
  const { week_slot, day_slot } = slotPlace(begin_ms);
  const spread = Math.log(Math.max(1, (point.square_us2 * point.calls) / point.time_us ** 2));
  return { point, week_slot, day_slot, day, week: Math.floor((day + 3) / 7), spread };
}

function learnScope(rule: ScopeRule, placed: readonly Placed[], settings: AnalyticsSettings): readonly Learned[] {
  const by_slot = new Map<number, Placed[]>();
  for (const one of placed) {
    for (const slot of rule.slots(rule.ownSlot(one))) {
      const of_slot = by_slot.get(slot);
      if (of_slot === undefined) by_slot.set(slot, [one]);
      else of_slot.push(one);
    }
  }
  const kept = [...by_slot]
    .map(([slot, of_slot]) => ({ slot, of_slot, occasions: new Set(of_slot.map(rule.occasion)).size }))
    .filter(
      ({ of_slot, occasions }) => of_slot.length >= settings.min_baseline_points && occasions >= rule.min_occasions,
    );
  if (kept.length === 0) return [];
  const slots = kept.map(({ slot, of_slot }) => learnSlot(rule.scope, slot, of_slot));
  const medians = new Map(slots.map((slot) => [slot.slot, slot.median_ln_us]));
  const residuals = placed.flatMap((one) => {
    const middle = medians.get(rule.ownSlot(one));
    return middle === undefined ? [] : { point: one.point.point, residual: one.point.ln_us - middle };
  });
  const occasions = kept.reduce((sum, one) => sum + one.occasions, 0) / kept.length;
  const noise = noiseOf(residuals, occasions, settings);
  return slots.map((slot) => ({ ...slot, ...noise })).sort((left, right) => left.slot - right.slot);
}

function learnSlot(scope: Scope, slot: number, placed: readonly Placed[]): Omit<Learned, keyof Noise> {
  const sorted = new Float64Array(placed.length);
  let calls = 0;
  let rows = 0;
  let is_modelled = true;
  placed.forEach(({ point }, index) => {
    sorted[index] = point.ln_us;
    calls += point.calls;
    rows += point.rows;
    is_modelled &&= point.square_us2 > 0;
  });
  sorted.sort();
  return {
    scope,
    slot,
    points: placed.length,
    median_ln_us: medianOfSorted(sorted),
    ...(is_modelled ? modelledPercentiles(placed, calls) : percentilesOfMeans(sorted)),
    calls_per_point: calls / placed.length,
    rows_per_call: rows / calls,
    percentile_origin: is_modelled ? 'modelled' : 'means',
  };
}

type Percentiles = Pick<Learned, 'p50_us' | 'p95_us' | 'p99_us'>;

function percentilesOfMeans(sorted: Float64Array): Percentiles {
  const at = (level: number): number => Math.exp(sorted[Math.floor(level * sorted.length)] ?? Number.NaN);
  return { p50_us: at(0.5), p95_us: at(0.95), p99_us: at(0.99) };
}

/** ln(time) of a run taken as normal inside a point, with the variance the source's sum of squares gives. */
function modelledPercentiles(placed: readonly Placed[], calls: number): Percentiles {
  let mean = 0;
  let square = 0;
  for (const { point, spread } of placed) {
    const mu = point.ln_us - spread / 2;
    mean += (point.calls * mu) / calls;
    square += (point.calls * (spread + mu ** 2)) / calls;
  }
  const deviation = Math.sqrt(Math.max(0, square - mean ** 2));
  return {
    p50_us: Math.exp(mean),
    p95_us: Math.exp(mean + deviate_p95 * deviation),
    p99_us: Math.exp(mean + deviate_p99 * deviation),
  };
}
