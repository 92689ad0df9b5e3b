/**
 * Dates changes of level in a series: E-Divisive's bottom-up variant as Hunter describes it (Fleming et al., ICPE 2023):
 * Student's t-test in place of permutations, so the same input always gives the same answer. First pass with ten times
 * the p-value collects weak points in overlapping windows; then the weakest is merged away until all that stay pass the
 * real p-value and the least magnitude, each measured between its two neighbours.
 */
export interface ChangePoint {
  /** The first point of the new level. */
  readonly index: number;
  readonly p_value: number;
  readonly mean_before: number;
  readonly mean_after: number;
}

export interface ChangePointOptions {
  readonly window_points: number;
  readonly p_value: number;
  /** Least |difference of means|, in the series' own unit. */
  readonly min_difference: number;
  /**
   * Apache Otava, after removing weak point i, measures points i and i+1 anew, though the removed one's neighbours are
   * now i−1 and i. Only for comparing with its published results.
   */
  readonly otava_neighbours?: boolean;
}

export const default_change_point_options: ChangePointOptions = {
  window_points: 50,
  p_value: 0.001,
  min_difference: 0,
};

export function changePoints(
  series: readonly number[],
  options: ChangePointOptions = default_change_point_options,
): readonly ChangePoint[] {
  return merge(series, weakPoints(series, options), options);
}

function weakPoints(series: readonly number[], options: ChangePointOptions): number[] {
  const found = new Set<number>();
  const step = Math.max(1, Math.floor(options.window_points / 2));
  for (let from = 0; from < series.length; from += step) {
    const to = Math.min(series.length, from + options.window_points);
    splitInto(series, from, to, options.p_value * 10, found);
    if (to === series.length) break;
  }
  return [...found].sort((left, right) => left - right);
}

const least_side = 2;

function splitInto(series: readonly number[], from: number, to: number, p_value: number, found: Set<number>): void {
  const split = bestSplit(series, from, to);
  if (split === undefined || compare(series, from, split, to).p_value > p_value) return;
  found.add(split);
  splitInto(series, from, split, p_value, found);
  splitInto(series, split, to, p_value, found);
}

/** The split with the greatest mn/(m+n)·(mean difference)²: least squares, what Q(τ) is for a change of mean. */
export function bestSplit(series: readonly number[], from = 0, to = series.length): number | undefined {
  let total = 0;
  for (let index = from; index < to; index++) total += series[index] ?? 0;
  let left = 0;
  let best: { readonly index: number; readonly gain: number } | undefined;
  for (let index = from + 1; index < to; index++) {
    left += series[index - 1] ?? 0;
    const m = index - from;
    const n = to - index;
    if (m < least_side || n < least_side) continue;
    const gain = ((m * n) / (m + n)) * (left / m - (total - left) / n) ** 2;
    if (best === undefined || gain > best.gain) best = { index, gain };
  }
  return best?.index;
}

function merge(series: readonly number[], indexes: number[], options: ChangePointOptions): readonly ChangePoint[] {
  const measure = (points: readonly { index: number }[], at: number): ChangePoint => {
    const index = points[at]?.index ?? 0;
    return compare(series, points[at - 1]?.index ?? 0, index, points[at + 1]?.index ?? series.length);
  };
  let points: ChangePoint[] = indexes.map((_, at) =>
    measure(
      indexes.map((index) => ({ index })),
      at,
    ),
  );
  for (;;) {
    const weakest = weakestOf(points, options);
    if (weakest === undefined) return points;
    points = points.filter((_, at) => at !== weakest);
    const touched = options.otava_neighbours === true ? [weakest, weakest + 1] : [weakest - 1, weakest];
    points = points.map((point, at) => (touched.includes(at) ? measure(points, at) : point));
  }
}

function weakestOf(points: readonly ChangePoint[], options: ChangePointOptions): number | undefined {
  let weakest: number | undefined;
  points.forEach((point, at) => {
    const is_weak =
      point.p_value > options.p_value || Math.abs(point.mean_after - point.mean_before) < options.min_difference;
    if (is_weak && (weakest === undefined || point.p_value > (points[weakest]?.p_value ?? 0))) weakest = at;
  });
  return weakest;
}

/** Student's t with pooled population variances, two-sided. */
function compare(series: readonly number[], from: number, index: number, to: number): ChangePoint {
  const left = moments(series, from, index);
  const right = moments(series, index, to);
  const m = index - from;
  const n = to - index;
  const freedom = m + n - 2;
  const variance = (m * left.variance + n * right.variance) / Math.max(1, freedom);
  const difference = right.mean - left.mean;
  const answer = { index, mean_before: left.mean, mean_after: right.mean };
  // Sums of equal numbers differ in their last digits; that is no change of level.
  const rounding = 1e-9 * Math.max(Math.abs(left.mean), Math.abs(right.mean), 1e-9);
  if (freedom < 1 || Math.abs(difference) <= rounding) return { ...answer, p_value: 1 };
  if (variance === 0) return { ...answer, p_value: 0 };
  return { ...answer, p_value: studentTail(Math.abs(difference) / Math.sqrt(variance * (1 / m + 1 / n)), freedom) };
}

function moments(series: readonly number[], from: number, to: number): { mean: number; variance: number } {
  const n = Math.max(1, to - from);
  let sum = 0;
  for (let index = from; index < to; index++) sum += series[index] ?? 0;
  const mean = sum / n;
  let squares = 0;
  for (let index = from; index < to; index++) squares += ((series[index] ?? 0) - mean) ** 2;
  return { mean, variance: squares / n };
}

/** P(|T| > t) by the regularized incomplete beta function, continued fraction (Lentz). */
export function studentTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let answer = d;
  for (let step = 1; step <= 300; step++) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    answer *= d * c;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    answer *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return answer;
}

/** Lanczos, g = 7, nine terms. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = terms.reduce((total, term, index) => total + term / (x + index), 0.9999999999998099);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
