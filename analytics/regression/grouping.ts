import type { Regression } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts';

const of_an_object = new Set([
  'index_dropped',
  'setting_changed',
  'statistics_stale',
  'table_grew',
  'table_bloated',
  'table_changed',
]);

/**
 * Whether two regressions of one instance are one story: the same named thing behind both, begun within
 * `within_s`; or, where nothing outside the query is named, the same onset.
 */
export function sharesCause(left: Regression, right: Regression, within_s: number): boolean {
  if (left.cause.kind !== right.cause.kind) return false;
  const apart_s = Math.max(
    0,
    (fromUtc(left.onset_after).getTime() - fromUtc(right.onset_at).getTime()) / 1000,
    (fromUtc(right.onset_after).getTime() - fromUtc(left.onset_at).getTime()) / 1000,
  );
  if (apart_s > within_s) return false;
  return (
    !of_an_object.has(left.cause.kind) ||
    (left.cause.object_name === right.cause.object_name && left.cause.subject === right.cause.subject)
  );
}

/** The costliest of a new group leads it, unless an open one already does. */
export function grouped(
  opened: readonly Regression[],
  open: readonly Regression[],
  within_s: number,
): readonly Regression[] {
  const done: Regression[] = [];
  const costliest_first = [...opened].sort(
    (left, right) =>
      right.extra_seconds_per_day - left.extra_seconds_per_day || left.regression_id.localeCompare(right.regression_id),
  );
  for (const regression of costliest_first) {
    const leader = [...open, ...done].find((other) => sharesCause(other, regression, within_s));
    done.push({ ...regression, group_id: leader?.group_id ?? regression.regression_id });
  }
  return done;
}
