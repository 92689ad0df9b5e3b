import { useCallback, useEffect, useState } from 'react';

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'ready'; readonly value: Value; readonly is_refreshing: boolean };

export interface Loading<Value> {
  readonly loaded: Loaded<Value>;
  reload(): void;
}

/**
 * Loads when `key` (the question) or `round` (ask it again) changes, and on reload(). A late answer to an old question
 * is dropped; while the same question is asked again the old rows stay, so that the page does not blink.
 */
export function useLoaded<Value>(key: string, round: number, load: () => Promise<Value>): Loading<Value> {
  const [{ answered, loaded }, setState] = useState<{ answered: string; loaded: Loaded<Value> }>({
    answered: key,
    loaded: { state: 'loading' },
  });
  const [reloads, setReloads] = useState(0);

  useEffect(() => {
    let is_current = true;
    setState((before) =>
      before.answered === key && before.loaded.state === 'ready'
        ? { answered: key, loaded: { ...before.loaded, is_refreshing: true } }
        : { answered: key, loaded: { state: 'loading' } },
    );
    load().then(
      (value) => is_current && setState({ answered: key, loaded: { state: 'ready', value, is_refreshing: false } }),
      (error: unknown) => is_current && setState({ answered: key, loaded: { state: 'failed', error } }),
    );
    return () => {
      is_current = false;
    };
    // `load` is made anew on every render; `key` says when it asks something else.
  }, [key, round, reloads]);

  const reload = useCallback(() => setReloads((before) => before + 1), []);
  return { loaded: answered === key ? loaded : { state: 'loading' }, reload };
}
