import { useCallback } from 'react';
import { useLocation } from 'react-router-dom';

const kept = ['from', 'to', 'var-instance'];

/** Adds the time range and the instance to a link, so that moving between pages keeps both. */
export function useKeptLink(): (path: string, extra?: Readonly<Record<string, string>>) => string {
  const { search } = useLocation();
  return useCallback(
    (path, extra = {}) => {
      const now = new URLSearchParams(search);
      const next = new URLSearchParams();
      for (const key of kept) {
        const value = now.get(key);
        if (value !== null) next.set(key, value);
      }
      for (const [key, value] of Object.entries(extra)) next.set(key, value);
      const text = next.toString();
      return text === '' ? path : `${path}?${text}`;
    },
    [search],
  );
}
