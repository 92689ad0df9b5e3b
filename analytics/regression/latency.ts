import type { Regression } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { isNeighbours, isOwnCause, nameCause } from '../causes/index.js';
import { lastPoint } from '../judged-span.js';
import { median } from '../math/robust.js';
import { causeFacts } from './facts.js';
import type { Judging } from './judging.js';
import { longResiduals, regressionIdOf, severityOf } from './judging.js';
import { levelNow, onsetIndex, onsetWindow } from './onset.js';
import type { Onset } from './onset.js';
import type { Residual } from './residuals.js';
import { no_past } from './spans.js';
import { slowWindows } from './windows.js';
import type { JudgedWindow } from './windows.js';

export type Hit = JudgedWindow & { readonly is_long: boolean };

/** What stage 1 needs: it asks the store nothing. */
export type Judged = Pick<Judging, 'settings' | 'as_of' | 'past' | 'points' | 'residuals' | 'rare_residuals'>;

/** Stage 1 over its windows; a query found by both the short and the long is taken from the short, which dates it closer. */
export function slowQueries(judging: Judged): readonly Hit[] {
  const { settings } = judging;
  const { short_points, long_points, rare_points, min_short_effect_ratio, min_long_effect_ratio } = settings;
  const time_us = timeByPoint(judging.points);
  const last_point = lastPoint(judging.as_of, settings);
  const residuals = judgedResiduals(judging, judging.residuals);
  const rare_residuals = judgedResiduals(judging, judging.rare_residuals);
  const common = { last_point, settings };
  const long_load = loadOf(time_us, last_point, long_points, settings);
  const long = slowWindows(residuals, {
    ...{ ...common, kind: 'long', window_points: long_points, min_effect_ratio: min_long_effect_ratio },
    instance_load: long_load,
  });
  const short = slowWindows(residuals, {
    ...{ ...common, kind: 'short', window_points: short_points, min_effect_ratio: min_short_effect_ratio },
    instance_load: loadOf(time_us, last_point, short_points, settings),
  });
  const rare = slowWindows(rare_residuals, {
    ...{ ...common, kind: 'rare', window_points: rare_points, min_effect_ratio: min_short_effect_ratio },
    instance_load: long_load,
  });
  const of_short = new Set(short.map((hit) => hit.query_hash));
  const of_long = new Set(long.map((hit) => hit.query_hash));
  return [
    ...short.map((hit) => ({ ...hit, is_long: of_long.has(hit.query_hash) })),
    ...[...long, ...rare].filter((hit) => !of_short.has(hit.query_hash)).map((hit) => ({ ...hit, is_long: true })),
  ].sort((left, right) => left.query_hash.localeCompare(right.query_hash));
}

/** Seconds per second. */
function loadOf(
  time_us: ReadonlyMap<number, number>,
  last_point: number,
  window_points: number,
  { point_s }: Judging['settings'],
): number {
  let sum_us = 0;
  for (const [point, of_point] of time_us)
    if (point > last_point - window_points && point <= last_point) sum_us += of_point;
  return sum_us / 1e6 / (window_points * point_s);
}

/** Queries a person opted out are not judged; of the others what is not judged already. */
function judgedResiduals(judging: Judged, of_all: Judging['residuals']): ReadonlyMap<string, readonly Residual[]> {
  const found = new Map<string, readonly Residual[]>();
  for (const [query_hash, residuals] of of_all) {
    const past = judging.past.get(query_hash) ?? no_past;
    if (past.is_opted_out) continue;
    const fresh =
      past.judged_since_ms === 0 ? residuals : residuals.filter((point) => point.from_ms >= past.judged_since_ms);
    found.set(query_hash, fresh);
  }
  return found;
}

function timeByPoint(points: Judging['points']): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const of_query of points.values())
    for (const { point, time_us } of of_query) found.set(point, (found.get(point) ?? 0) + time_us);
  return found;
}

/** Stage 2: dates the change and names its cause. Undefined when it is over already, or is not this query's own. */
export async function latencyRegression(judging: Judging, hit: Hit): Promise<Regression | undefined> {
  const { settings } = judging;
  const points = hit.is_long
    ? await longResiduals(judging, hit.query_hash, 2 * hit.window_points)
    : (judging.residuals.get(hit.query_hash) ?? []);
  const level_ln = levelNow(points, Math.log(hit.effect_ratio), settings.went_away_points);
  const found = onsetIndex(points, level_ln);
  const since = points.slice(found);
  const first = since[0];
  if (first === undefined || isBack(points, settings.went_away_points, settings.min_short_effect_ratio))
    return undefined;
  const effect_ratio = Math.exp(median(since.map((point) => point.residual)));
  if (effect_ratio < hit.effect_ratio / 2 && effect_ratio < settings.min_long_effect_ratio) return undefined;
  const measured = measure(hit, since, effect_ratio, settings.point_s);
  const onset = (await refined(judging, first, points[found - 1], Math.log(effect_ratio))) ?? {
    onset_after: utc(new Date(first.from_ms)),
    onset_at: utc(new Date(first.to_ms)),
  };
  const change = { ...measured, ...onset, query_hash: hit.query_hash };
  const cause = nameCause(await causeFacts(judging, change));
  if (!isOwnChange(hit, settings) && !isOwnCause(cause.kind)) return undefined;
  // What the whole server does for a while, some queries do more of than others.
  if (isNeighbours(cause) && !hit.is_long) return undefined;
  const regression_id = regressionIdOf(judging.instance_id, hit.query_hash, 'latency', String(first.point));
  return {
    regression_id,
    instance_id: judging.instance_id,
    query_hash: hit.query_hash,
    kind: 'latency',
    severity: severityOf(measured.extra_seconds_per_day, settings, cause),
    onset_at: onset.onset_at,
    onset_after: onset.onset_after,
    detected_at: utc(judging.as_of),
    baseline_mean_us: hit.baseline_mean_us,
    current_mean_us: hit.baseline_mean_us * effect_ratio,
    effect_ratio,
    z_score: hit.z_score,
    extra_seconds_per_day: measured.extra_seconds_per_day,
    share_of_instance_time: measured.share_of_instance_time,
    baseline_scope: hit.baseline_scope,
    percentile_origin: hit.percentile_origin,
    cause,
    group_id: regression_id,
  };
}

/** Not what the whole machine does for a while: this query more than the median one, or for a whole long window. */
export function isOwnChange(hit: Hit, settings: Judging['settings']): boolean {
  const is_its_own = hit.z_own >= settings.z_threshold && hit.own_effect_ratio >= settings.min_long_effect_ratio;
  const is_lasting = hit.is_long && hit.effect_ratio >= settings.min_short_effect_ratio;
  return is_its_own || is_lasting;
}

/** The newest points, every one of them, are inside the baseline's band again. */
export function isBack(points: readonly Residual[], went_away_points: number, min_effect_ratio: number): boolean {
  const newest = points.slice(-went_away_points);
  const least = Math.log(min_effect_ratio);
  return (
    newest.length >= went_away_points &&
    newest.every((point) => point.residual <= Math.max(least, 3 * point.sigma_ln)) &&
    median(newest.map((point) => point.residual)) <= least
  );
}

/** What it costs since the onset, at the rate of runs since the onset. */
function measure(hit: Hit, since: readonly Residual[], effect_ratio: number, point_s: number) {
  const calls = since.reduce((sum, point) => sum + point.calls, 0);
  const rows = since.reduce((sum, point) => sum + point.rows, 0);
  const usual_calls = since.reduce((sum, point) => sum + point.calls_per_point, 0);
  const per_day = (86_400 / (since.length * point_s)) * calls;
  const extra_seconds_per_day = (hit.baseline_mean_us * (effect_ratio - 1) * per_day) / 1e6;
  return {
    effect_ratio,
    instance_shift_ratio: hit.instance_shift_ratio,
    extra_seconds_per_day,
    share_of_instance_time: Math.min(
      1,
      (hit.share_of_instance_time * extra_seconds_per_day) / hit.extra_seconds_per_day,
    ),
    calls_ratio: calls / usual_calls,
    rows_per_call_before: median(since.map((point) => point.rows_per_call)),
    rows_per_call_after: rows / calls,
  };
}

const around_points = 2;

async function refined(
  judging: Judging,
  first: Residual,
  earlier: Residual | undefined,
  level_ln: number,
): Promise<Onset | undefined> {
  const { context, settings, instance_id, as_of } = judging;
  const around_ms = around_points * settings.point_s * 1000;
  const since = new Date((earlier ?? first).from_ms - around_ms);
  const until = new Date(Math.min(as_of.getTime(), first.to_ms + around_ms));
  const query_hash = first.query_hash;
  const windows = await context.ask('judge_deltas', { instance_id, query_hash, since: utc(since), as_of: utc(until) });
  return onsetWindow(windows, first.median_ln_us, level_ln, first.sigma_ln);
}
