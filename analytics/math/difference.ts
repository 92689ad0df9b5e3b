import type { Estimate } from '@plumbline/contracts';
import { autocorrelation, effectiveCount, studentDeviate } from './robust.js';

/** ln(time) of an affected query less its controls, before and after. */
export interface LogDifference {
  readonly difference: number;
  readonly standard_error: number;
  readonly freedom: number;
}

/**
 * Difference of two means of autocorrelated points: SE² = s²_b/n_eff,b + s²_a/n_eff,a, φ pooled about each side's own
 * mean; freedom by Welch–Satterthwaite on the effective counts. Plain Welch takes autocorrelated points for independent.
 */
export function logDifference(before: readonly number[], after: readonly number[]): LogDifference {
  const left = sideOf(before);
  const right = sideOf(after);
  const phi = Math.max(autocorrelation(before), autocorrelation(after));
  const of_left = left.variance / effectiveCount(before.length, phi);
  const of_right = right.variance / effectiveCount(after.length, phi);
  const freedom =
    (of_left + of_right) ** 2 /
    Math.max(
      Number.MIN_VALUE,
      of_left ** 2 / Math.max(1, effectiveCount(before.length, phi) - 1) +
        of_right ** 2 / Math.max(1, effectiveCount(after.length, phi) - 1),
    );
  return {
    difference: right.mean - left.mean,
    standard_error: Math.sqrt(of_left + of_right),
    freedom: Math.max(1, Number.isFinite(freedom) ? freedom : 1),
  };
}

/** The same of differences that are already taken, one per time: their mean, SE² = s²/n_eff. */
export function meanOfDifferences(differences: readonly number[]): LogDifference {
  const { mean, variance } = sideOf(differences);
  const count = effectiveCount(differences.length, autocorrelation(differences));
  return { difference: mean, standard_error: Math.sqrt(variance / count), freedom: Math.max(1, count - 1) };
}

function sideOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / Math.max(1, values.length - 1) };
}

export const deviate_80 = 1.2815516;
const deviate_95 = 1.959964;

/** The 80 % interval of exp(difference). */
export function ratioEstimate(found: LogDifference): Estimate {
  const reach = found.standard_error * Math.min(1e3, studentDeviate(deviate_80, found.freedom));
  return {
    value: Math.exp(found.difference),
    low: Math.exp(found.difference - reach),
    high: Math.exp(found.difference + reach),
  };
}

/** Whether zero lies outside the 95 % interval. */
export const isDistinguishable = (found: LogDifference): boolean =>
  Math.abs(found.difference) > found.standard_error * studentDeviate(deviate_95, found.freedom);

/** The smallest change, as a ratio above 1, that this much data shows at 95 % with a chance of 80 %: (z.975 + z.8)·SE. */
export const smallestVisibleRatio = (found: LogDifference): number =>
  Math.exp(Math.min(50, (studentDeviate(deviate_95, Math.max(found.freedom, 3)) + 0.8416) * found.standard_error));
