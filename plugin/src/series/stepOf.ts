import type { TimeRange } from '@grafana/data';

const steps_s = [60, 300, 900, 1800, 3600, 10_800, 21_600, 86_400] as const;
const points_at_most = 300;

/** Width of one point: the least whole step that keeps a chart readable; below an hour, as fine as 10 s. */
export function stepOf({ from, to }: TimeRange): number {
  const span_s = (to.valueOf() - from.valueOf()) / 1000;
  if (span_s <= 3600) return 10;
  return steps_s.find((step_s) => span_s / step_s <= points_at_most) ?? 86_400;
}
