import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The chosen instance in the URL (`var-instance`, as Grafana spells variables); '' means all. */
export function useInstanceChoice(): readonly [string, (instance_id: string) => void] {
  const [search, setSearch] = useSearchParams();
  const choose = useCallback(
    (instance_id: string) =>
      setSearch((before) => {
        if (instance_id === '') before.delete('var-instance');
        else before.set('var-instance', instance_id);
        return before;
      }),
    [setSearch],
  );
  return [search.get('var-instance') ?? '', choose];
}
