import type { ReactNode } from 'react';
import { LoadingPlaceholder } from '@grafana/ui';
import type { Loading } from '../data/useLoaded';
import { ErrorView } from './ErrorView';

interface Props<Value> {
  readonly loading: Loading<Value>;
  readonly children: (value: Value) => ReactNode;
}

/** Loading, failed or ready: every piece of data on a page goes through here, so that no state is forgotten. */
export function LoadedView<Value>({ loading: { loaded, reload }, children }: Props<Value>) {
  if (loaded.state === 'loading') return <LoadingPlaceholder text="Loading…" />;
  if (loaded.state === 'failed') return <ErrorView error={loaded.error} reload={reload} />;
  return <>{children(loaded.value)}</>;
}
