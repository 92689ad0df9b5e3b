/** Statistics that a few spikes do not move. All pure; empty input gives NaN, never a made-up number. */

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  return medianOfSorted(Float64Array.from(values).sort());
}

/** Of numbers already in order. */
export function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** 1.4826 · median(|x − median|): equals the standard deviation for normal data (Hampel 1974). */
export function madSigma(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

/**
 * Lag-1 autocorrelation about the mean, corrected for its bias in short series, (1 + 3φ)/n (Kendall 1954), and clipped
 * to [0, most]: a negative estimate would make evidence out of noise.
 */
export function autocorrelation(values: readonly number[], most = 0.97): number {
  const n = values.length;
  if (n < 3) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let products = 0;
  let squares = 0;
  values.forEach((value, index) => {
    squares += (value - mean) ** 2;
    const before = values[index - 1];
    if (before !== undefined) products += (value - mean) * (before - mean);
  });
  if (squares === 0) return 0;
  const raw = products / squares;
  return Math.min(most, Math.max(0, raw + (1 + 3 * raw) / n));
}

/** How many independent points n points of an AR(1) series are worth: n(1−φ)/(1+φ), at least 1. */
export const effectiveCount = (n: number, phi: number): number => Math.max(1, (n * (1 - phi)) / (1 + phi));

/**
 * Variance of the mean of n successive points of an AR(1) series, as a share of the points' own variance: exact for any n,
 * where 1/n_eff would say more than 1 for few points of a slow series.
 */
export function meanVariance(n: number, phi: number): number {
  if (n <= 1) return 1;
  const rest = 1 - phi;
  return ((1 + phi) / rest - (2 * phi * (1 - phi ** n)) / (n * rest ** 2)) / n;
}

/** Covariance of the means of two neighbouring blocks of n and m points of an AR(1) series, as a share of the points' variance. */
export const neighbourCovariance = (n: number, m: number, phi: number): number =>
  (phi * (1 - phi ** n) * (1 - phi ** m)) / (n * m * (1 - phi) ** 2);

/** The φ of [0, most] with which means of n points vary by `share` of what points do. */
export function phiOfMeans(n: number, share: number, most: number): number {
  let low = 0;
  let high = most;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (meanVariance(n, middle) < share) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The normal deviate with the same tail probability as Student's t with ν degrees of freedom (Wallace 1959):
 * (8ν+1)/(8ν+3) · √(ν·ln(1 + t²/ν)). Within 0.1 of the exact one for ν ≥ 3.
 */
export const normalDeviate = (t: number, freedom: number): number =>
  Math.sign(t) * wallace(freedom) * Math.sqrt(freedom * Math.log1p(t ** 2 / freedom));

/** The t that `normalDeviate` takes to `deviate`. */
export const studentDeviate = (deviate: number, freedom: number): number =>
  Math.sign(deviate) * Math.sqrt(freedom * Math.expm1((deviate / wallace(freedom)) ** 2 / freedom));

const wallace = (freedom: number): number => (8 * freedom + 1) / (8 * freedom + 3);
