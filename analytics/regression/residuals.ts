import type { BaselineRow, PercentileOrigin, ViewRow } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts';
import type { Point } from '../judged-points.js';
import { slotPlace } from './slots.js';
import type { QueryPast } from './spans.js';

/** What is normal in one slot. */
export interface Normal {
  readonly baseline_scope: BaselineRow['scope'];
  readonly baseline_slot: number;
  readonly baseline_points: number;
  readonly median_ln_us: number;
  readonly sigma_ln: number;
  readonly autocorrelation: number;
  readonly long_autocorrelation: number;
  readonly calls_per_point: number;
  readonly rows_per_call: number;
  readonly percentile_origin: PercentileOrigin;
}

/** A point against what is normal: residual = ln(mean per run) − median of the narrowest slot that has one. */
export interface Residual extends Point, Normal {
  readonly residual: number;
}

/** By `keyOf`. */
export type Baseline = ReadonlyMap<number, Normal>;

const scope_order: readonly BaselineRow['scope'][] = ['hour_of_week', 'hour_of_day', 'global'];
const keyOf = (scope: BaselineRow['scope'], slot: number): number => slot * 3 + scope_order.indexOf(scope);

/** By query; one older than a person's "this is normal now" is not used. */
export function baselinesOf(
  rows: readonly ViewRow<'judge_baselines'>[],
  past: ReadonlyMap<string, QueryPast>,
): ReadonlyMap<string, Baseline> {
  const usable = rows.filter(
    (row) => fromUtc(row.computed_at).getTime() >= (past.get(row.query_hash)?.renewed_at_ms ?? 0),
  );
  return new Map(usable.map((row) => [row.query_hash, slotsOf(row)]));
}

function slotsOf(row: ViewRow<'judge_baselines'>): Baseline {
  const slots = new Map<number, Normal>();
  row.scopes.forEach((scope, index) => {
    const number = (values: readonly number[]): number => values[index] ?? Number.NaN;
    slots.set(keyOf(scope, number(row.slots)), {
      baseline_scope: scope,
      baseline_slot: number(row.slots),
      baseline_points: number(row.points),
      median_ln_us: number(row.medians_ln_us),
      sigma_ln: number(row.sigmas_ln),
      autocorrelation: number(row.autocorrelations),
      long_autocorrelation: number(row.long_autocorrelations),
      calls_per_point: number(row.calls_per_point),
      rows_per_call: number(row.rows_per_call),
      percentile_origin: row.percentile_origin,
    });
  });
  return slots;
}

/** Points whose hour the baseline does not know in any scope are left out; so is everything without a baseline. */
export function residualsAgainst(
  points: readonly Point[],
  baseline: Baseline | undefined,
  point_s: number,
): readonly Residual[] {
  if (baseline === undefined) return [];
  const found: Residual[] = [];
  for (const point of points) {
    const { week_slot, day_slot } = slotPlace(point.point * point_s * 1000);
    const normal =
      baseline.get(keyOf('hour_of_week', week_slot)) ??
      baseline.get(keyOf('hour_of_day', day_slot)) ??
      baseline.get(keyOf('global', 0));
    if (normal !== undefined) found.push(residualOf(point, normal));
  }
  return found;
}

/** Written out: spreading two objects per point took most of a judge run of 250 queries. */
export const residualOf = (point: Point, normal: Normal): Residual => ({
  query_hash: point.query_hash,
  point: point.point,
  from_ms: point.from_ms,
  to_ms: point.to_ms,
  calls: point.calls,
  time_us: point.time_us,
  square_us2: point.square_us2,
  rows: point.rows,
  ln_us: point.ln_us,
  baseline_scope: normal.baseline_scope,
  baseline_slot: normal.baseline_slot,
  baseline_points: normal.baseline_points,
  median_ln_us: normal.median_ln_us,
  sigma_ln: normal.sigma_ln,
  autocorrelation: normal.autocorrelation,
  long_autocorrelation: normal.long_autocorrelation,
  calls_per_point: normal.calls_per_point,
  rows_per_call: normal.rows_per_call,
  percentile_origin: normal.percentile_origin,
  residual: point.ln_us - normal.median_ln_us,
});
