import { useCallback, useEffect, useRef, useState } from 'react';

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'ready'; readonly value: Value };

export interface Loading<Value> {
  readonly loaded: Loaded<Value>;
  reload(): void;
}

interface Answer<Value> {
  readonly key: string;
  readonly time: string;
  readonly loaded: Loaded<Value>;
}

/**
 * Loads when `key` (the question) or `round` (ask it again) changes, and on reload(). A late answer to an old question
 * is dropped; while the same question is asked again the old rows stay, so that the page does not blink.
 */
export function useLoaded<Value>(key: string, round: number, load: () => Promise<Value>): Loading<Value> {
  const [answer, setAnswer] = useState<Answer<Value> | undefined>();
  const [reloads, setReloads] = useState(0);
  const time = `${round} ${reloads}`;
  // `load` is made anew on every render; `key` says when it asks something else.
  const latest_load = useRef(load);
  useEffect(() => {
    latest_load.current = load;
  });

  useEffect(() => {
    let is_current = true;
    const settle = (loaded: Loaded<Value>) => is_current && setAnswer({ key, time, loaded });
    latest_load.current().then(
      (value) => settle({ state: 'ready', value }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
    return () => {
      is_current = false;
    };
  }, [key, time]);

  const reload = useCallback(() => setReloads((before) => before + 1), []);
  return { loaded: shownOf(answer, key, time), reload };
}

function shownOf<Value>(answer: Answer<Value> | undefined, key: string, time: string): Loaded<Value> {
  if (answer === undefined || answer.key !== key) return { state: 'loading' };
  // A failure is not shown again while it is being mended.
  return answer.loaded.state === 'failed' && answer.time !== time ? { state: 'loading' } : answer.loaded;
}
