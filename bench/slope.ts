/** One reading of something that is watched for a time. */
export interface Point {
  readonly at_h: number;
  readonly value: number;
}

/**
 * Units per hour: the median slope of all pairs of points (Theil and Sen). Nearly three tenths of the readings may be
 * wild (a collection of garbage, a merge) without moving it. Throws with fewer than two moments.
 */
export function slopePerHour(points: readonly Point[]): number {
  const slopes = points.flatMap((one, index) =>
    points
      .slice(index + 1)
      .filter(({ at_h }) => at_h !== one.at_h)
      .map((other) => (other.value - one.value) / (other.at_h - one.at_h)),
  );
  slopes.sort((a, b) => a - b);
  const [below, above] = [slopes[Math.ceil(slopes.length / 2) - 1], slopes[Math.floor(slopes.length / 2)]];
  if (below === undefined || above === undefined) throw new Error('a slope needs points at two moments');
  return (below + above) / 2;
}
