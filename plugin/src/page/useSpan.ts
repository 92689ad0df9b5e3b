import { useCallback, useEffect, useMemo, useState } from 'react';
import type { RawTimeRange, TimeRange } from '@grafana/data';
import { utc, type Utc } from '@plumbline/contracts/time';
import { useSearchParams } from 'react-router-dom';
import { useUnchosenSpan } from './SpanFitter';
import { spanOf } from './spanOf';

export interface Span {
  readonly range: TimeRange;
  readonly from: Utc;
  readonly to: Utc;
  /** The span as the URL writes it: changes when a person chooses another. */
  readonly key: string;
  /** Grows when the same span is to be asked again: by hand, or every half minute while it ends now. */
  readonly round: number;
  /** Why nobody's choice is shown, in a sentence; '' when a person chose, or the usual span fits. */
  readonly note: string;
  setRange(raw: RawTimeRange): void;
  refresh(): void;
}

const refresh_every_ms = 30_000;

/** The time range, kept in the URL as Grafana keeps it, so that a link shows what its sender saw. */
export function useSpan(): Span {
  const [search, setSearch] = useSearchParams();
  const [asked_at_ms, setAskedAt] = useState(() => Date.now());
  const unchosen = useUnchosenSpan();
  const from = search.get('from');
  const to = search.get('to');
  const is_chosen = from !== null || to !== null;
  const raw_from = from ?? String(is_chosen ? 'now-6h' : unchosen.from);
  const raw_to = to ?? 'now';
  const is_live = raw_to.startsWith('now');

  const refresh = useCallback(() => setAskedAt(Date.now()), []);
  useEffect(() => {
    if (!is_live) return;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'hidden') refresh();
    }, refresh_every_ms);
    return () => clearInterval(timer);
  }, [is_live, refresh]);

  const setRange = useCallback(
    (raw: RawTimeRange) =>
      setSearch((before) => {
        before.set('from', urlText(raw.from));
        before.set('to', urlText(raw.to));
        return before;
      }),
    [setSearch],
  );
  const range = useMemo(() => spanOf({ from: raw_from, to: raw_to }, asked_at_ms), [raw_from, raw_to, asked_at_ms]);
  return {
    range,
    from: utc(range.from.toDate()),
    to: utc(range.to.toDate()),
    key: `${raw_from}…${raw_to}`,
    round: asked_at_ms,
    note: is_chosen ? '' : unchosen.note,
    setRange,
    refresh,
  };
}

const urlText = (time: RawTimeRange['from']): string => (typeof time === 'string' ? time : String(time.valueOf()));
