import type { Estimate } from '@plumbline/contracts';
import { deviate_80 } from '../math/difference.js';
import { studentDeviate } from '../math/robust.js';

/** What was expected of an applied recommendation, before calibration, and what was measured; time after / before. */
export interface Outcome {
  readonly uncalibrated: Estimate;
  readonly actual: Estimate;
}

/** How far estimates of one kind were off, in units of each estimate's own spread of ln(ratio). */
export interface Calibration {
  readonly outcomes: number;
  readonly shift: number;
  readonly spread: number;
  readonly freedom: number;
}

/**
 * Half of an estimate's variance is taken to be its kind's (all such estimates are off alike), half its own. So what is
 * believed at first weighs as much as one outcome, and it was made from one: the before/after/before run of TPC-H.
 */
const own_share = 0.5;
/** What the first spread is worth, in outcomes: with more, simulated histories took too long to learn their own. */
const prior_freedom = 1;
/** Halves the distance at least; ten leave less than a hundredth. */
const fixed_point_steps = 10;
/** An outcome further off than eight spreads counts as eight: one accident is not the rule. */
const most_spreads_off = 8;
/** Below a thousandth of the time the way through the server is what is left; logarithms of less say nothing. */
const least_ratio = 0.001;

export const uncalibrated: Calibration = { outcomes: 0, shift: 0, spread: 1, freedom: Infinity };

/**
 * Normal model of z = ln(actual / estimated) / spread: z ~ N(m, σ²·own + e²), e the outcome's own standard error, and
 * m ~ N(0, σ²·(1 − own)); σ² scaled inverse χ² about 1, by fixed-point steps, as it weighs the outcomes it is learned
 * from. Gives the predictive of the next z.
 */
export function calibrationOf(outcomes: readonly Outcome[]): Calibration {
  const learned = outcomes.map(standardized).filter((one) => one !== undefined);
  if (learned.length === 0) return uncalibrated;
  const freedom = prior_freedom + learned.length;
  let scale = 1;
  let { precision, shift, squares } = sumsOf(learned, scale);
  for (let step = 0; step < fixed_point_steps; step++) {
    scale = (prior_freedom + squares) / freedom;
    ({ precision, shift, squares } = sumsOf(learned, scale));
  }
  return { outcomes: learned.length, shift, spread: Math.sqrt(scale * (own_share + 1 / precision)), freedom };
}

/** In units of σ². */
function sumsOf(learned: readonly Standardized[], scale: number) {
  const weighted = learned.map(({ off, error }) => ({ off, weight: 1 / (own_share + error ** 2 / scale) }));
  const precision = weighted.reduce((sum, one) => sum + one.weight, 1 / (1 - own_share));
  const shift = weighted.reduce((sum, one) => sum + one.weight * one.off, 0) / precision;
  const squares = weighted.reduce((sum, one) => sum + one.weight * one.off ** 2, 0) - precision * shift ** 2;
  return { precision, shift, squares };
}

/** Moves the estimate by what its kind was off, with the 80 % interval of Student's t. */
export function calibrated(estimate: Estimate, { outcomes, shift, spread, freedom }: Calibration): Estimate {
  const own = spreadOf(estimate);
  if (outcomes === 0 || own === 0) return estimate;
  const middle = Math.log(Math.max(least_ratio, estimate.value)) + shift * own;
  const reach = studentDeviate(deviate_80, freedom) * spread * own;
  return { value: Math.exp(middle), low: Math.exp(middle - reach), high: Math.exp(middle + reach) };
}

interface Standardized {
  readonly off: number;
  readonly error: number;
}

/** Undefined for an estimate without a spread: it was sure, and has nothing to be measured in. */
function standardized({ uncalibrated: estimate, actual }: Outcome): Standardized | undefined {
  const own = spreadOf(estimate);
  if (own === 0) return undefined;
  const off = Math.log(Math.max(least_ratio, actual.value) / Math.max(least_ratio, estimate.value)) / own;
  return {
    off: Math.max(-most_spreads_off, Math.min(most_spreads_off, off)),
    error: spreadOf(actual) / own,
  };
}

/** Standard deviation of ln(ratio) that the 80 % interval stands for. */
function spreadOf({ low, high }: Estimate): number {
  return Math.log(Math.max(least_ratio, high) / Math.max(least_ratio, low)) / (2 * deviate_80);
}
