import type { Cause, Regression, RegressionEventRow } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import { directness, nameCause } from '../causes/index.js';
import { before } from '../judged-span.js';
import { median } from '../math/robust.js';
import { causeFacts } from './facts.js';
import type { Judging } from './judging.js';
import { eventOf, severityOf } from './judging.js';
import { isBack } from './latency.js';
import type { Residual } from './residuals.js';

/** What becomes of an open regression: resolved when it went away, told again when it changed, else nothing. */
export async function follow(judging: Judging, regression: Regression): Promise<RegressionEventRow | undefined> {
  const { settings, as_of } = judging;
  const onset_after_ms = fromUtc(regression.onset_after).getTime();
  const points = heldAgainst(judging, regression).filter((point) => point.from_ms >= onset_after_ms);
  if (points.length === 0) return goneSilent(judging, regression);
  if (isBack(points, settings.went_away_points, settings.min_short_effect_ratio)) {
    return eventOf(
      regression,
      'resolved',
      as_of,
      `its last ${settings.went_away_points} points are back inside the baseline`,
    );
  }
  const now = await current(judging, regression, points);
  return hasMoved(regression, now, settings.update_ratio)
    ? eventOf(now, 'updated', as_of, whatMoved(regression, now))
    : undefined;
}

/** A plan regression is held against the mean under the good plan: its query may have no baseline of its own. */
function heldAgainst(judging: Judging, regression: Regression): readonly Residual[] {
  const { query_hash } = regression;
  if (regression.kind !== 'plan') return judging.residuals.get(query_hash) ?? [];
  const points = judging.points.get(query_hash) ?? [];
  const median_ln_us = Math.log(regression.baseline_mean_us);
  const calls_per_point = points.reduce((sum, point) => sum + point.calls, 0) / points.length;
  return points.map((point) => ({
    ...point,
    baseline_scope: 'global',
    baseline_slot: 0,
    baseline_points: 0,
    median_ln_us,
    sigma_ln: judging.settings.min_sigma_ln,
    autocorrelation: 0,
    long_autocorrelation: 0,
    calls_per_point,
    rows_per_call: point.rows / point.calls,
    percentile_origin: 'means',
    residual: point.ln_us - median_ln_us,
  }));
}

async function goneSilent(judging: Judging, regression: Regression): Promise<RegressionEventRow | undefined> {
  const { context, settings, instance_id, as_of } = judging;
  const since = before(as_of, settings.long_points, settings);
  if (fromUtc(regression.onset_at) > since) return undefined;
  const { query_hash } = regression;
  const windows = await context.ask('judge_deltas', { instance_id, query_hash, since: utc(since), as_of: utc(as_of) });
  if (windows.length > 0) return undefined;
  return eventOf(regression, 'resolved', as_of, 'it has not run for a whole long window');
}

async function current(judging: Judging, regression: Regression, points: readonly Residual[]): Promise<Regression> {
  const { settings } = judging;
  const newest = points.slice(-settings.short_points);
  const effect_ratio = Math.exp(median(newest.map((point) => point.residual)));
  const calls = newest.reduce((sum, point) => sum + point.calls, 0);
  const rows = newest.reduce((sum, point) => sum + point.rows, 0);
  const per_day = (86_400 / (newest.length * settings.point_s)) * calls;
  const baseline_mean_us =
    regression.kind === 'plan'
      ? regression.baseline_mean_us
      : Math.exp(newest.reduce((sum, point) => sum + point.median_ln_us * point.calls, 0) / calls);
  const extra_seconds_per_day = (baseline_mean_us * (effect_ratio - 1) * per_day) / 1e6;
  const cause = await causeNow(judging, regression, {
    effect_ratio,
    extra_seconds_per_day,
    calls_ratio: calls / newest.reduce((sum, point) => sum + point.calls_per_point, 0),
    rows_per_call_before: median(newest.map((point) => point.rows_per_call)),
    rows_per_call_after: rows / calls,
  });
  return {
    ...regression,
    effect_ratio,
    baseline_mean_us,
    current_mean_us: baseline_mean_us * effect_ratio,
    extra_seconds_per_day,
    severity: severityOf(extra_seconds_per_day, settings, cause),
    cause,
  };
}

/** Catalogs are read more seldom than counters: a more direct cause may become known after opening. */
async function causeNow(
  judging: Judging,
  regression: Regression,
  now: Pick<
    Parameters<typeof causeFacts>[1],
    'effect_ratio' | 'extra_seconds_per_day' | 'calls_ratio' | 'rows_per_call_before' | 'rows_per_call_after'
  >,
): Promise<Cause> {
  const { settings, as_of } = judging;
  const age_s = (as_of.getTime() - fromUtc(regression.detected_at).getTime()) / 1000;
  if (age_s > settings.long_points * settings.point_s || directness(regression.cause.kind) === 0)
    return regression.cause;
  const { query_hash, onset_after, onset_at } = regression;
  const found = nameCause(
    await causeFacts(judging, { ...now, query_hash, onset_after, onset_at, instance_shift_ratio: 1 }),
  );
  return directness(found.kind) < directness(regression.cause.kind) ? found : regression.cause;
}

function hasMoved(then: Regression, now: Regression, update_ratio: number): boolean {
  const moved = (left: number, right: number): boolean => left > right * update_ratio || right > left * update_ratio;
  return (
    now.cause.kind !== then.cause.kind ||
    moved(then.effect_ratio, now.effect_ratio) ||
    (now.extra_seconds_per_day > 0 && moved(then.extra_seconds_per_day, now.extra_seconds_per_day))
  );
}

const whatMoved = (then: Regression, now: Regression): string =>
  now.cause.kind === then.cause.kind
    ? `now ${now.effect_ratio.toFixed(2)} times its baseline, before ${then.effect_ratio.toFixed(2)}`
    : `the cause is now known: ${now.cause.sentence}`;
