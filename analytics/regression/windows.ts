import type { BaselineRow, PercentileOrigin } from '@plumbline/contracts';
import { effectiveCount, median, normalDeviate } from '../math/robust.js';
import type { AnalyticsSettings } from '../settings.js';
import type { Residual } from './residuals.js';

/** One query over the newest points of a window, held against its baseline. Ratios: 2 is twice the baseline. */
export interface JudgedWindow {
  readonly query_hash: string;
  readonly points: number;
  readonly calls: number;
  readonly effect_ratio: number;
  /** The median query of the instance over the same window; 1 where too few are judged. */
  readonly instance_shift_ratio: number;
  readonly own_effect_ratio: number;
  readonly z_score: number;
  /** z without the instance's shift. */
  readonly z_own: number;
  readonly baseline_mean_us: number;
  readonly extra_seconds_per_day: number;
  readonly share_of_instance_time: number;
  readonly baseline_scope: BaselineRow['scope'];
  readonly percentile_origin: PercentileOrigin;
}

export interface WindowAsked {
  /** The newest point that has ended, and how many points back the window reaches. */
  readonly last_point: number;
  readonly window_points: number;
  readonly min_effect_ratio: number;
  /** Of all the instance's toplevel statements in a point, by its number. */
  readonly instance_time_us: ReadonlyMap<number, number>;
  readonly settings: AnalyticsSettings;
}

interface Middle {
  readonly residuals: readonly Residual[];
  readonly query_hash: string;
  readonly middle: number;
}

/**
 * Stage 1: the queries that became slower. effect = exp(median residual);
 * z = median / (sigma · √(1/n_eff + 1/n_eff of the baseline)), n_eff = n(1−φ)/(1+φ). sigma is itself estimated, by a MAD
 * (37 % efficient), so z is taken through Student's t with 0.37 · its points degrees of freedom: few baseline points
 * ask for more evidence.
 */
export function slowWindows(
  of_query: ReadonlyMap<string, readonly Residual[]>,
  asked: WindowAsked,
): readonly JudgedWindow[] {
  const middles = [...of_query].flatMap(([query_hash, all]) => middleOf(query_hash, all, asked) ?? []);
  const is_neighbourly = middles.length >= asked.settings.min_neighbours;
  const shift_ln = is_neighbourly ? median(middles.map((one) => one.middle)) : 0;
  let instance_time_us = 0;
  for (const [point, time_us] of asked.instance_time_us) if (isInside(point, asked)) instance_time_us += time_us;
  return middles.map((one) => judged(one, shift_ln, instance_time_us, asked)).filter((one) => isSlow(one, asked));
}

const isInside = (point: number, { last_point, window_points }: WindowAsked): boolean =>
  point > last_point - window_points && point <= last_point;

function middleOf(query_hash: string, all: readonly Residual[], asked: WindowAsked): Middle | undefined {
  const residuals = all.filter((point) => isInside(point.point, asked));
  if (residuals.length < asked.settings.min_window_points) return undefined;
  return { query_hash, residuals, middle: median(residuals.map((point) => point.residual)) };
}

function judged(one: Middle, shift_ln: number, instance_time_us: number, asked: WindowAsked): JudgedWindow {
  const { residuals, middle } = one;
  const sum = (of: (point: Residual) => number): number => residuals.reduce((total, point) => total + of(point), 0);
  const calls = sum((point) => point.calls);
  const span_s = asked.window_points * asked.settings.point_s;
  const baseline_mean_us = Math.exp(sum((point) => point.median_ln_us * point.calls) / calls);
  const extra_s = (baseline_mean_us * (Math.exp(middle) - 1) * calls) / 1e6;
  const newest = residuals.at(-1);
  const { standard_error, freedom } = evidenceOf(residuals);
  return {
    query_hash: one.query_hash,
    points: residuals.length,
    calls,
    effect_ratio: Math.exp(middle),
    instance_shift_ratio: Math.exp(shift_ln),
    own_effect_ratio: Math.exp(middle - shift_ln),
    z_score: normalDeviate(middle / standard_error, freedom),
    z_own: normalDeviate((middle - shift_ln) / standard_error, freedom),
    baseline_mean_us,
    extra_seconds_per_day: (extra_s / span_s) * 86_400,
    share_of_instance_time: extra_s / (instance_time_us / 1e6),
    baseline_scope: newest?.baseline_scope ?? 'global',
    percentile_origin: newest?.percentile_origin ?? 'means',
  };
}

/** Slots are pooled with their two neighbours, so a point stands in three of them. */
const slots_per_point = 3;
/** The seasonal scopes' sigma comes from the residuals of all their slots: 168/3 and 48/3 times a slot's own. */
const sigma_slots = { hour_of_week: 56, hour_of_day: 16, global: 1 };
const mad_efficiency = 0.37;

function evidenceOf(residuals: readonly Residual[]): { readonly standard_error: number; readonly freedom: number } {
  const mean = (of: (point: Residual) => number): number =>
    residuals.reduce((total, point) => total + of(point), 0) / residuals.length;
  const sigma_ln = mean((point) => point.sigma_ln);
  const phi = mean((point) => point.autocorrelation);
  const scope = residuals.at(-1)?.baseline_scope ?? 'global';
  const slots = new Map(residuals.map((point) => [`${point.baseline_scope} ${point.baseline_slot}`, point]));
  const pooled = [...slots.values()].reduce((total, point) => total + point.baseline_points, 0);
  const baseline_points = pooled / (scope === 'global' ? 1 : slots_per_point);
  const variance = 1 / effectiveCount(residuals.length, phi) + 1 / effectiveCount(baseline_points, phi);
  const sigma_points = mean((point) => point.baseline_points) * sigma_slots[scope];
  return {
    standard_error: sigma_ln * Math.sqrt(variance),
    freedom: Math.max(2, (mad_efficiency * sigma_points * (1 - phi ** 2)) / (1 + phi ** 2)),
  };
}

function isSlow(one: JudgedWindow, { settings, min_effect_ratio }: WindowAsked): boolean {
  const least_ratio =
    one.baseline_scope === 'global' ? Math.max(min_effect_ratio, settings.min_young_effect_ratio) : min_effect_ratio;
  return (
    one.calls >= settings.min_calls_per_window &&
    one.effect_ratio >= least_ratio &&
    one.z_score >= settings.z_threshold &&
    one.extra_seconds_per_day >= settings.min_extra_seconds_per_day &&
    one.share_of_instance_time >= settings.min_share_of_instance_time
  );
}
