import { meanVariance, median, neighbourCovariance } from '../math/robust.js';
import type { AnalyticsSettings } from '../settings.js';
import type { Residual } from './residuals.js';

/** Which points: all of the window's, or its newest after a step that lies so many points back. */
export type EvidenceKind = 'level' | `step ${number}`;

/** How far points lie above what was to be expected, and how sure that is. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** Median residual of the judged points. */
  readonly level_ln: number;
  readonly expected_ln: number;
  readonly standard_error: number;
  /** Of Student's t: sigma is itself estimated, by a MAD (37 % efficient), so few baseline points ask for more evidence. */
  readonly freedom: number;
}

/**
 * The window against its baseline: SE = sigma · √(v + v of the baseline), v = the variance of a mean of so many points at
 * their φ (meanVariance). The baseline of an hour is the median of as many such windows as weeks or days taught it.
 */
export function levelEvidence(residuals: readonly Residual[], settings: AnalyticsSettings, is_long: boolean): Evidence {
  const noise = noiseIn(residuals, settings, is_long);
  const of_window = meanVariance(residuals.length, noise.phi);
  return {
    kind: 'level',
    level_ln: medianOf(residuals),
    expected_ln: 0,
    standard_error: noise.sigma_ln * Math.sqrt(of_window + noise.ofBaseline(of_window)),
    freedom: noise.freedom,
  };
}

const least_earlier_points = 3;
/** Shares of the short window that may lie since a step: half of it, to be quick, and two thirds, to be sure. */
const step_shares = [1 / 2, 2 / 3];

/** The steps that the window may hold; none where a part has too few points. */
export function stepEvidence(residuals: readonly Residual[], settings: AnalyticsSettings): readonly Evidence[] {
  // A young baseline has its φ from lag 1 of minutes or hours: too little to say what a step is.
  if (residuals.at(-1)?.baseline_scope === 'global') return [];
  const noise = noiseIn(residuals, settings, false);
  return step_shares.flatMap(
    (share) => stepAt(residuals, Math.round(share * settings.short_points), noise, settings) ?? [],
  );
}

/**
 * A step inside the window: its newest points against what the others lead to expect. In a series that moves
 * slowly the points just before say more than the hour's baseline: given their level B the newest are expected at ρB, with
 * the variance that B leaves.
 */
function stepAt(
  residuals: readonly Residual[],
  newest_points: number,
  noise: WindowNoise,
  settings: AnalyticsSettings,
): Evidence | undefined {
  const from = (residuals.at(-1)?.point ?? 0) - newest_points;
  const newest = residuals.filter(({ point }) => point > from);
  const earlier = residuals.filter(({ point }) => point <= from);
  if (newest.length < settings.min_window_points || earlier.length < least_earlier_points) return undefined;
  const of_earlier = meanVariance(earlier.length, noise.phi);
  const of_newest = meanVariance(newest.length, noise.phi);
  const shared = neighbourCovariance(newest.length, earlier.length, noise.phi);
  const carried = shared / of_earlier;
  const of_baseline = (1 - carried) ** 2 * noise.ofBaseline(of_newest);
  return {
    kind: `step ${newest_points}`,
    level_ln: medianOf(newest),
    expected_ln: carried * medianOf(earlier),
    standard_error: noise.sigma_ln * Math.sqrt(of_newest - carried * shared + of_baseline),
    freedom: noise.freedom,
  };
}

const medianOf = (residuals: readonly Residual[]): number => median(residuals.map((point) => point.residual));

/** Slots are pooled with their two neighbours, so a point stands in three of them. */
const slots_per_point = 3;
/** The seasonal scopes' sigma comes from the residuals of all their slots: 168/3 and 48/3 times a slot's own. */
const sigma_slots = { hour_of_week: 56, hour_of_day: 16, global: 1 };
const mad_efficiency = 0.37;

interface WindowNoise {
  readonly sigma_ln: number;
  readonly phi: number;
  readonly freedom: number;
  /** Variance of what a window is held against, as a share of the points' own, from the window's. */
  ofBaseline(of_window: number): number;
}

function noiseIn(residuals: readonly Residual[], settings: AnalyticsSettings, is_long: boolean): WindowNoise {
  const mean = (of: (point: Residual) => number): number =>
    residuals.reduce((total, point) => total + of(point), 0) / residuals.length;
  const phi = mean((point) => (is_long ? point.long_autocorrelation : point.autocorrelation));
  const taught = mean((point) => point.baseline_points);
  const scope = residuals.at(-1)?.baseline_scope ?? 'global';
  return {
    sigma_ln: mean((point) => point.sigma_ln),
    phi,
    freedom: Math.max(2, (mad_efficiency * taught * sigma_slots[scope] * (1 - phi ** 2)) / (1 + phi ** 2)),
    ofBaseline: (of_window) =>
      scope === 'global' ? meanVariance(taught, phi) : of_window / occasionsOf(residuals, taught, settings),
  };
}

/** On how many weeks, or days, a slot was seen: its points over those that one such window brings to it. */
function occasionsOf(residuals: readonly Residual[], taught: number, { point_s }: AnalyticsSettings): number {
  const first = residuals[0]?.point ?? 0;
  const span_points = (residuals.at(-1)?.point ?? 0) - first + 1;
  const points_per_hour = (3_600 / point_s) * (residuals.length / span_points);
  return Math.max(1, taught / (slots_per_point * points_per_hour));
}
