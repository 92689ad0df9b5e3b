import type { BaselineRow, PercentileOrigin } from '@plumbline/contracts';
import { median, normalDeviate } from '../math/robust.js';
import type { AnalyticsSettings } from '../settings.js';
import { levelEvidence, stepEvidence } from './evidence.js';
import type { Evidence, EvidenceKind } from './evidence.js';
import type { Residual } from './residuals.js';

/** One query over the newest points of a window, held against its baseline. Ratios: 2 is twice the baseline. */
export interface JudgedWindow {
  readonly query_hash: string;
  /** How far back the window reached. */
  readonly window_points: number;
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
  readonly kind: 'short' | 'long' | 'rare';
  /** The newest point that has ended, and how many points back the window reaches. */
  readonly last_point: number;
  readonly window_points: number;
  readonly min_effect_ratio: number;
  /** Seconds per second of all the instance's toplevel statements. */
  readonly instance_load: number;
  readonly settings: AnalyticsSettings;
}

interface Candidate {
  readonly query_hash: string;
  readonly residuals: readonly Residual[];
  /** The level of the whole window first. */
  readonly evidence: readonly Evidence[];
}

/** Stage 1: the queries that became slower, by what their newest points say of their level, or of a step in it. */
export function slowWindows(
  of_query: ReadonlyMap<string, readonly Residual[]>,
  asked: WindowAsked,
): readonly JudgedWindow[] {
  const candidates = [...of_query].flatMap(([query_hash, all]) => candidateOf(query_hash, all, asked) ?? []);
  const shifts = instanceShifts(candidates, asked.settings);
  return candidates
    .map((one) => judged(one, strongestOf(one.evidence), shifts, asked))
    .filter((one) => isSlow(one, asked));
}

function candidateOf(query_hash: string, all: readonly Residual[], asked: WindowAsked): Candidate | undefined {
  const { kind, settings } = asked;
  const inside = all.filter(({ point }) => point > asked.last_point - asked.window_points && point <= asked.last_point);
  const residuals = kind === 'rare' ? newestRuns(inside, settings.min_calls_per_window) : inside;
  if (residuals.length < settings.min_window_points) return undefined;
  const level = levelEvidence(residuals, settings, kind !== 'short');
  // A step is looked for in the short window only, which is the one to be quick.
  const steps = kind === 'short' ? stepEvidence(residuals, settings) : [];
  return { query_hash, residuals, evidence: [level, ...steps] };
}

/** What the instance's median query did over the same points; none where too few are judged. */
function instanceShifts(
  candidates: readonly Candidate[],
  { min_neighbours }: AnalyticsSettings,
): ReadonlyMap<EvidenceKind, number> {
  const levels = new Map<EvidenceKind, number[]>();
  for (const { kind, level_ln } of candidates.flatMap((one) => one.evidence)) {
    const of_kind = levels.get(kind);
    if (of_kind === undefined) levels.set(kind, [level_ln]);
    else of_kind.push(level_ln);
  }
  return new Map(
    [...levels].filter(([, all]) => all.length >= min_neighbours).map(([kind, all]) => [kind, median(all)]),
  );
}

const standsOut = ({ level_ln, expected_ln, standard_error }: Evidence): number =>
  (level_ln - expected_ln) / standard_error;

const strongestOf = (evidence: Candidate['evidence']): Evidence =>
  evidence.reduce((best, one) => (standsOut(one) > standsOut(best) ? one : best));

/** No more of the newest points than hold enough runs: a query that runs seldom is judged as soon as it can be. */
function newestRuns(residuals: readonly Residual[], min_calls: number): readonly Residual[] {
  let calls = 0;
  let from = residuals.length;
  while (from > 0 && calls < min_calls) calls += residuals[--from]?.calls ?? 0;
  return residuals.slice(from);
}

function judged(
  { query_hash, residuals }: Candidate,
  evidence: Evidence,
  shifts: ReadonlyMap<EvidenceKind, number>,
  asked: WindowAsked,
): JudgedWindow {
  const { settings, kind } = asked;
  const sum = (of: (point: Residual) => number): number => residuals.reduce((total, point) => total + of(point), 0);
  const calls = sum((point) => point.calls);
  const points = kind === 'rare' ? asked.last_point - (residuals[0]?.point ?? 0) + 1 : asked.window_points;
  const { level_ln, expected_ln, standard_error, freedom } = evidence;
  const shift_ln = shifts.get(evidence.kind) ?? 0;
  const deviate = (rise_ln: number): number => normalDeviate((rise_ln - expected_ln) / standard_error, freedom);
  const baseline_mean_us = Math.exp(sum((point) => point.median_ln_us * point.calls) / calls);
  const extra_load = (baseline_mean_us * (Math.exp(level_ln) - 1) * calls) / 1e6 / (points * settings.point_s);
  const newest = residuals.at(-1);
  return {
    query_hash,
    window_points: asked.window_points,
    points: residuals.length,
    calls,
    effect_ratio: Math.exp(level_ln),
    instance_shift_ratio: Math.exp(shift_ln),
    own_effect_ratio: Math.exp(level_ln - shift_ln),
    z_score: deviate(level_ln),
    z_own: deviate(level_ln - shift_ln),
    baseline_mean_us,
    extra_seconds_per_day: extra_load * 86_400,
    share_of_instance_time: extra_load / asked.instance_load,
    baseline_scope: newest?.baseline_scope ?? 'global',
    percentile_origin: newest?.percentile_origin ?? 'means',
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
