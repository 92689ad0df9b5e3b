import type { Regression, Utc, ViewRow } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import { nameCause } from '../causes/index.js';
import { before } from '../judged-span.js';
import { logDifference } from '../math/difference.js';
import { normalDeviate } from '../math/robust.js';
import { causeFacts } from './facts.js';
import type { Judging } from './judging.js';
import { regressionIdOf, severityOf } from './judging.js';
import { no_past } from './spans.js';

/** Runs before and since a query's newest change of plan, by the windows that lie wholly on one side of it. */
export interface PlanChange {
  readonly query_hash: string;
  readonly changed_at: Utc;
  readonly changed_after: Utc;
  readonly calls_before: number;
  readonly time_before_us: number;
  readonly calls_after: number;
  readonly time_after_us: number;
}

type Delta = ViewRow<'judge_deltas'>;

/**
 * Plans that cost more than their predecessor: (n_regressed + n_good) × (mean_regressed − mean_good) above
 * `min_plan_gain_s`, as SQL Server's automatic correction counts it, and told from noise by the windows' n_eff-corrected
 * difference.
 */
export async function planRegressions(judging: Judging): Promise<readonly Regression[]> {
  const { settings, as_of } = judging;
  const since = utc(before(as_of, settings.long_points, settings));
  const found: Regression[] = [];
  for (const event of newestChanges(judging, since)) {
    const windows = await windowsOf(judging, event.query_hash, since);
    const change = planChange(event, windows);
    if (!isWorth(change, settings)) continue;
    const z_score = deviateOf(windows, change, settings.min_window_points);
    if (z_score >= settings.z_threshold) found.push(await regressionOf(judging, change, windows, z_score));
  }
  return found;
}

type PlanEvent = ViewRow<'judge_events'>;

/** Each query's newest; not of queries that a person opted out. */
function newestChanges(judging: Judging, since: Utc): readonly PlanEvent[] {
  const newest = new Map<string, PlanEvent>();
  for (const event of judging.events) {
    const { kind, query_hash, occurred_at } = event;
    if (kind !== 'plan_changed' || query_hash === '' || occurred_at <= since) continue;
    if (!(judging.past.get(query_hash) ?? no_past).is_opted_out) newest.set(query_hash, event);
  }
  return [...newest.values()].sort((left, right) => left.query_hash.localeCompare(right.query_hash));
}

async function windowsOf(judging: Judging, query_hash: string, since: Utc): Promise<readonly Delta[]> {
  const { context, instance_id, as_of } = judging;
  const windows = await context.ask('judge_deltas', { instance_id, query_hash, since, as_of: utc(as_of) });
  const { judged_since_ms } = judging.past.get(query_hash) ?? no_past;
  return windows.filter((window) => fromUtc(window.window_start).getTime() >= judged_since_ms);
}

export function planChange(
  event: Pick<PlanEvent, 'query_hash' | 'occurred_at' | 'noticed_after'>,
  windows: readonly Delta[],
): PlanChange {
  const good = windows.filter((window) => window.window_end <= event.noticed_after);
  const regressed = windows.filter((window) => window.window_start >= event.occurred_at);
  const sum = (of: readonly Delta[], which: 'window_calls' | 'window_time_us'): number =>
    of.reduce((total, window) => total + window[which], 0);
  return {
    query_hash: event.query_hash,
    changed_at: event.occurred_at,
    changed_after: event.noticed_after,
    calls_before: sum(good, 'window_calls'),
    time_before_us: sum(good, 'window_time_us'),
    calls_after: sum(regressed, 'window_calls'),
    time_after_us: sum(regressed, 'window_time_us'),
  };
}

/** Seconds that the old plan would have saved over all runs seen. */
export function planGainSeconds(change: PlanChange): number {
  const mean_good = change.time_before_us / change.calls_before;
  const mean_regressed = change.time_after_us / change.calls_after;
  return ((change.calls_before + change.calls_after) * (mean_regressed - mean_good)) / 1e6;
}

function isWorth(change: PlanChange, settings: Judging['settings']): boolean {
  return (
    Math.min(change.calls_before, change.calls_after) >= settings.min_plan_runs &&
    planGainSeconds(change) > settings.min_plan_gain_s &&
    ratioOf(change) >= settings.min_short_effect_ratio
  );
}

const ratioOf = (change: PlanChange): number =>
  change.time_after_us / change.calls_after / (change.time_before_us / change.calls_before);

const lnMean = (window: Delta): number => Math.log(window.window_time_us / window.window_calls);

function deviateOf(windows: readonly Delta[], change: PlanChange, min_windows: number): number {
  const good = windows.filter((window) => window.window_end <= change.changed_after).map(lnMean);
  const regressed = windows.filter((window) => window.window_start >= change.changed_at).map(lnMean);
  if (Math.min(good.length, regressed.length) < min_windows) return 0;
  const { difference, standard_error, freedom } = logDifference(good, regressed);
  return normalDeviate(difference / standard_error, freedom);
}

async function regressionOf(
  judging: Judging,
  change: PlanChange,
  windows: readonly Delta[],
  z_score: number,
): Promise<Regression> {
  const { settings, instance_id, as_of } = judging;
  const baseline_mean_us = change.time_before_us / change.calls_before;
  const current_mean_us = change.time_after_us / change.calls_after;
  const ran = windows.filter((window) => window.window_start >= change.changed_at);
  const seconds = ran.reduce((sum, window) => sum + secondsOf(window), 0);
  const extra_load = ((change.calls_after / Math.max(1e-3, seconds)) * (current_mean_us - baseline_mean_us)) / 1e6;
  const effect_ratio = current_mean_us / baseline_mean_us;
  const onset = { onset_after: change.changed_after, onset_at: change.changed_at };
  const facts = await causeFacts(judging, {
    ...onset,
    query_hash: change.query_hash,
    effect_ratio,
    instance_shift_ratio: 1,
    extra_seconds_per_day: extra_load * 86_400,
    calls_ratio: 1,
    rows_per_call_before: 0,
    rows_per_call_after: 0,
  });
  const regression_id = regressionIdOf(instance_id, change.query_hash, 'plan', change.changed_at);
  const total_us = windows.reduce((sum, window) => sum + window.window_time_us, 0);
  return {
    regression_id,
    instance_id,
    query_hash: change.query_hash,
    kind: 'plan',
    severity: severityOf(extra_load * 86_400, settings),
    ...onset,
    detected_at: utc(as_of),
    baseline_mean_us,
    current_mean_us,
    effect_ratio,
    z_score,
    extra_seconds_per_day: extra_load * 86_400,
    share_of_instance_time: total_us === 0 ? 0 : await shareOf(judging, extra_load),
    baseline_scope: 'global',
    percentile_origin: 'means',
    cause: nameCause(facts),
    group_id: regression_id,
  };
}

const secondsOf = (window: Delta): number =>
  (fromUtc(window.window_end).getTime() - fromUtc(window.window_start).getTime()) / 1000;

async function shareOf(judging: Judging, extra_load: number): Promise<number> {
  const { context, settings, instance_id, as_of } = judging;
  const since = utc(before(as_of, settings.short_points, settings));
  const [row] = await context.ask('judge_load', { instance_id, since, as_of: utc(as_of) });
  return row === undefined || row.load <= 0 ? 0 : Math.min(1, extra_load / row.load);
}
