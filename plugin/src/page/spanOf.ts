import { dateMath, dateTime, isDateTime, type RawTimeRange, type TimeRange } from '@grafana/data';

/** What a page shows when nothing else is chosen. */
export const usual_span: RawTimeRange = { from: 'now-6h', to: 'now' };

/** Text from the URL may be anything: what is no time, or ends before it begins, becomes the usual span. */
export function spanOf(raw: RawTimeRange, now_ms: number): TimeRange {
  return parsed(raw, now_ms) ?? { ...bounds(usual_span, now_ms), raw: usual_span };
}

function parsed(raw: RawTimeRange, now_ms: number): TimeRange | undefined {
  const { from, to } = bounds(raw, now_ms);
  return from.isValid() && to.isValid() && from.isBefore(to)
    ? { from, to, raw: { from: raw.from, to: raw.to } }
    : undefined;
}

const bounds = ({ from, to }: RawTimeRange, now_ms: number) => ({
  from: moment(from, false, now_ms),
  to: moment(to, true, now_ms),
});

function moment(time: RawTimeRange['from'], is_end: boolean, now_ms: number) {
  if (isDateTime(time)) return time;
  if (/^\d+$/.test(time)) return dateTime(Number(time));
  return dateMath.toDateTime(time, { roundUp: is_end, now: dateTime(now_ms) }) ?? dateTime(Number.NaN);
}
