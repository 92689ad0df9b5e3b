import type { TimeRange } from '@grafana/data';

const steps_s = [60, 300, 900, 3_600, 10_800, 21_600, 86_400] as const;
const points_at_most = 120;

/** Width of one point of the completeness band: a minute at least, because both sides are read about once a minute. */
export function stepOfBand({ from, to }: TimeRange): number {
  const span_s = (to.valueOf() - from.valueOf()) / 1000;
  return steps_s.find((step_s) => span_s / step_s <= points_at_most) ?? 86_400;
}
