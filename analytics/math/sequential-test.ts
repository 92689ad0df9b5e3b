import { autocorrelation } from './robust.js';

/**
 * Mixture sequential probability ratio test of "mean is zero" on observations of variance V, with a normal mixture of
 * effects of standard deviation τ (Robbins 1970; Johari et al. 2017):
 * L = √(V/(V + nτ²)) · exp(τ²S² / (2V(V + nτ²))). Under no effect P(L ever ≥ 20) ≤ 1/20, however often one looks.
 */
export function mixtureLikelihoodRatio(sum: number, count: number, variance: number, tau: number): number {
  if (count === 0 || variance <= 0) return 1;
  const spread = variance + count * tau ** 2;
  const exponent = (tau ** 2 * sum ** 2) / (2 * variance * spread);
  return Math.sqrt(variance / spread) * Math.exp(Math.min(700, exponent));
}

/** Takes AR(1) out: e_t = x_t − φ·x_{t−1}; a shift of the mean by d becomes one of d(1 − φ). */
export function prewhiten(values: readonly number[], phi: number): readonly number[] {
  return values.slice(1).map((value, index) => value - phi * (values[index] ?? 0));
}

export interface SequentialAnswer {
  /** The greatest L at any point so far: crossing once is enough. */
  readonly likelihood_ratio: number;
  readonly crossed_at: number | null;
}

/** `after` and `before` are differences to one reference (controls taken out). */
export function sequentialTest(
  before: readonly number[],
  after: readonly number[],
  options: { readonly threshold: number; readonly tau: number },
): SequentialAnswer {
  const phi = autocorrelation(before);
  const reference = before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length);
  const white_before = prewhiten(
    before.map((value) => value - reference),
    phi,
  );
  const white_after = prewhiten(
    after.map((value) => value - reference),
    phi,
  );
  const variance = varianceOf(white_before, 2);
  // The reference is itself a mean of finitely many points: its error is part of every step's.
  const inflated = variance * (1 + white_after.length / Math.max(1, white_before.length));
  return walk(white_after, inflated, options.tau * (1 - phi), options.threshold);
}

/** Of differences that are already taken, one per time. Their own spread about their mean stands for the noise. */
export function sequentialTestOfDifferences(
  differences: readonly number[],
  options: { readonly threshold: number; readonly tau: number },
): SequentialAnswer {
  const phi = autocorrelation(differences);
  const mean = differences.reduce((sum, value) => sum + value, 0) / Math.max(1, differences.length);
  const noise = prewhiten(
    differences.map((value) => value - mean),
    phi,
  );
  return walk(prewhiten(differences, phi), varianceOf(noise, 2), options.tau * (1 - phi), options.threshold);
}

/** `fitted`: how many numbers were taken from the values themselves. */
const varianceOf = (values: readonly number[], fitted: number): number =>
  values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length - fitted);

function walk(steps: readonly number[], variance: number, tau: number, threshold: number): SequentialAnswer {
  let sum = 0;
  let largest = 1;
  let crossed_at: number | null = null;
  steps.forEach((step, index) => {
    sum += step;
    const ratio = mixtureLikelihoodRatio(sum, index + 1, variance, tau);
    if (ratio > largest) largest = ratio;
    if (crossed_at === null && ratio >= threshold) crossed_at = index + 1;
  });
  return { likelihood_ratio: largest, crossed_at };
}
