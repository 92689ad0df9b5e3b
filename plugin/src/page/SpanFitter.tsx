import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { LoadingPlaceholder } from '@grafana/ui';
import { useSearchParams } from 'react-router-dom';
import { fittingSpan, usual, type UnchosenSpan } from './fittingSpan';
import { useInstanceChoice } from './useInstanceChoice';

const UnchosenSpanContext = createContext(usual);
export const useUnchosenSpan = (): UnchosenSpan => useContext(UnchosenSpanContext);

const look_again_every_ms = 60_000;
/** A page must come up, and say what is wrong, also when the API does not answer. */
const wait_at_most_ms = 3_000;

/** Finds the span for pages whose URL names none, before they ask with it, and lets it grow with the data. */
export function SpanFitter({ children }: { readonly children: ReactNode }) {
  const [search] = useSearchParams();
  const [instance_id] = useInstanceChoice();
  const [fitted, setFitted] = useState<UnchosenSpan | undefined>();
  const is_chosen = search.has('from') || search.has('to');
  const is_settled = is_chosen || fitted !== undefined;

  useEffect(() => {
    if (is_chosen) return;
    let is_current = true;
    const settle = (span: UnchosenSpan) => is_current && setFitted(span);
    const look = () => fittingSpan(instance_id, Date.now()).then(settle, () => settle(usual));
    void look();
    const timer = setInterval(() => void look(), look_again_every_ms);
    return () => {
      is_current = false;
      clearInterval(timer);
    };
  }, [is_chosen, instance_id]);

  useEffect(() => {
    const timer = setTimeout(() => setFitted((before) => before ?? usual), wait_at_most_ms);
    return () => clearTimeout(timer);
  }, []);

  if (!is_settled) return <LoadingPlaceholder text="Loading…" />;
  return <UnchosenSpanContext.Provider value={fitted ?? usual}>{children}</UnchosenSpanContext.Provider>;
}
