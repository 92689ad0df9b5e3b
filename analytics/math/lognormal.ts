/**
 * A percentile modelled from mean and standard deviation, for sources that count sums and squares only. It is an
 * estimate: exact for lognormal times, wrong by a multiple for a mixture of fast and slow. Never alert on it; `p95Bounds`
 * holds always.
 */
export function lognormalPercentile(mean: number, deviation: number, normal_deviate: number): number {
  if (mean <= 0) return 0;
  const variance = Math.log(1 + (deviation / mean) ** 2);
  return Math.exp(Math.log(mean) - variance / 2 + normal_deviate * Math.sqrt(variance));
}

export const deviate_p95 = 1.6448536;
export const deviate_p99 = 2.3263479;

/** Always valid for p95 of a positive quantity: Cantelli on both sides, and Markov's 20·mean. */
export function p95Bounds(mean: number, deviation: number): { readonly low: number; readonly high: number } {
  return { low: Math.max(0, mean - 0.2294158 * deviation), high: Math.min(20 * mean, mean + 4.358899 * deviation) };
}
