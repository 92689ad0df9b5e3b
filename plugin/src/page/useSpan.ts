import { useCallback, useEffect, useMemo, useState } from 'react';
import { rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';
import { utc, type Utc } from '@plumbline/contracts/time';
import { useSearchParams } from 'react-router-dom';

export interface Span {
  readonly range: TimeRange;
  readonly from: Utc;
  readonly to: Utc;
  /** The span as the URL writes it: changes when a person chooses another. */
  readonly key: string;
  /** Counts up when the same span is to be asked again: by hand, or every half minute while it ends now. */
  readonly round: number;
  setRange(raw: RawTimeRange): void;
  refresh(): void;
}

const refresh_every_ms = 30_000;
const fallback: RawTimeRange = { from: 'now-6h', to: 'now' };

/** The time range, kept in the URL as Grafana keeps it, so that a link shows what its sender saw. */
export function useSpan(): Span {
  const [search, setSearch] = useSearchParams();
  const [round, setRound] = useState(0);
  const raw_from = search.get('from') ?? String(fallback.from);
  const raw_to = search.get('to') ?? String(fallback.to);
  const is_live = raw_to.startsWith('now');

  useEffect(() => {
    if (!is_live) return;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'hidden') setRound((before) => before + 1);
    }, refresh_every_ms);
    return () => clearInterval(timer);
  }, [is_live]);

  const refresh = useCallback(() => setRound((before) => before + 1), []);
  const setRange = useCallback(
    ({ from, to }: RawTimeRange) =>
      setSearch((before) => {
        before.set('from', urlText(from));
        before.set('to', urlText(to));
        return before;
      }),
    [setSearch],
  );
  // `round` moves a span that ends now.
  const range = useMemo(() => rangeOf(raw_from, raw_to), [raw_from, raw_to, round]);
  return {
    range,
    from: utc(range.from.toDate()),
    to: utc(range.to.toDate()),
    key: `${raw_from}…${raw_to}`,
    round,
    setRange,
    refresh,
  };
}

/** Text from the URL may be anything: what is no time, or ends before it begins, becomes the fallback. */
function rangeOf(from: string, to: string): TimeRange {
  const range = rangeUtil.convertRawToRange({ from: timeText(from), to: timeText(to) });
  const is_whole = range.from.isValid() && range.to.isValid() && range.from.isBefore(range.to);
  return is_whole ? range : rangeUtil.convertRawToRange(fallback);
}

const timeText = (text: string): string => (/^\d+$/.test(text) ? new Date(Number(text)).toISOString() : text);
const urlText = (time: RawTimeRange['from']): string => (typeof time === 'string' ? time : String(time.valueOf()));
