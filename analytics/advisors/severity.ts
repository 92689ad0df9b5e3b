import type { DetectorInput, Regression, Severity } from '@plumbline/contracts';
import { secondsPerDay } from './estimate.js';

const critical_share = 0.2;
const warning_share = 0.05;
const ranks: readonly Severity[] = ['info', 'warning', 'critical'];

/** By how much of all judged time would be saved; never milder than a regression it answers. */
export function severityOf(
  saved_seconds_per_day: number,
  input: DetectorInput,
  answers: readonly Regression[] = [],
): Severity {
  const all = input.queries.reduce((sum, query) => sum + secondsPerDay(query.total_time_us, query.span_s), 0);
  const share = all > 0 ? saved_seconds_per_day / all : 0;
  const by_share: Severity = share >= critical_share ? 'critical' : share >= warning_share ? 'warning' : 'info';
  return answers.reduce(
    (worst, one) => (ranks.indexOf(one.severity) > ranks.indexOf(worst) ? one.severity : worst),
    by_share,
  );
}
