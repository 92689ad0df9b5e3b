import type { Point } from '../judged-points.js';
import { median } from '../math/robust.js';
import { bestSplit } from '../math/change-points.js';
import type { AnalyticsSettings } from '../settings.js';

const day_ms = 86_400_000;
const week_days = 7;
const min_weeks = 3;
/** A chance slope would be carried on into the judged days: one in a thousand. */
const least_deviate = 3.3;

interface Day {
  readonly day: number;
  readonly ln_us: number;
}

/** The past as it would be at `as_of`: tables grow and queries with them, and that is no step. */
export function withoutDrift(points: readonly Point[], as_of: Date, settings: AnalyticsSettings): readonly Point[] {
  const per_day = driftPerDay(points, settings);
  if (per_day === 0) return points;
  return points.map((point) => {
    const moved = (per_day * (as_of.getTime() - point.from_ms)) / day_ms;
    return { ...point, ln_us: point.ln_us + moved };
  });
}

/**
 * ln per day: the median slope between days of the same weekday (Theil and Sen, Hirsch's seasonal form), where it stands
 * out of the days' own spread and one step does not tell them better. 0 below three weeks, and at most what the
 * setting allows: a faster growth is to be told.
 */
export function driftPerDay(points: readonly Point[], { point_s, max_drift_ln_per_day }: AnalyticsSettings): number {
  const days = daysOf(points, point_s);
  const first = days[0]?.day ?? 0;
  if ((days.at(-1)?.day ?? 0) - first < min_weeks * week_days - 1) return 0;
  const slope = median(slopesOf(days));
  const along = withoutWeekdays(days.map(({ day, ln_us }) => ({ day, ln_us: ln_us - slope * day })));
  if (Math.abs(slope) < least_deviate * slopeError(days, along) || !isLine(days, along)) return 0;
  return Math.max(-max_drift_ln_per_day, Math.min(max_drift_ln_per_day, slope));
}

const slopesOf = (days: readonly Day[]): readonly number[] =>
  days.flatMap((later, index) =>
    days
      .slice(0, index)
      .filter((earlier) => (later.day - earlier.day) % week_days === 0)
      .map((earlier) => (later.ln_us - earlier.ln_us) / (later.day - earlier.day)),
  );

/** Of a straight line through days that scatter as these do about theirs; a weekday's middle and the slope took eight. */
function slopeError(days: readonly Day[], along: readonly number[]): number {
  const middle = days.reduce((sum, { day }) => sum + day, 0) / days.length;
  const reach = days.reduce((sum, { day }) => sum + (day - middle) ** 2, 0);
  const squares = along.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(squares / Math.max(1, days.length - week_days - 1) / reach);
}

function daysOf(points: readonly Point[], point_s: number): readonly Day[] {
  const by_day = new Map<number, number[]>();
  for (const { point, ln_us } of points) {
    const day = Math.floor((point * point_s * 1000) / day_ms);
    const of_day = by_day.get(day);
    if (of_day === undefined) by_day.set(day, [ln_us]);
    else of_day.push(ln_us);
  }
  return [...by_day].map(([day, of_day]) => ({ day, ln_us: median(of_day) }));
}

/** A step must tell the days this much better than a line: taking a small one for a line does little harm. */
const step_margin = 1.25;

/** Weekdays taken out: how far the days lie from the line, and from the best two levels. */
function isLine(days: readonly Day[], along: readonly number[]): boolean {
  const raw = withoutWeekdays(days);
  const split = bestSplit(raw) ?? 0;
  return distance(along) <= step_margin * (distance(raw.slice(0, split)) + distance(raw.slice(split)));
}

function withoutWeekdays(days: readonly Day[]): readonly number[] {
  const middles = Array.from({ length: week_days }, (_, weekday) =>
    median(days.filter(({ day }) => day % week_days === weekday).map(({ ln_us }) => ln_us)),
  );
  return days.map(({ day, ln_us }) => ln_us - (middles[day % week_days] ?? 0));
}

function distance(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}
