import { callApi } from '../data/callApi';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import type { EnginePublic } from '@plumbline/contracts';
import { InstanceForm } from './InstanceForm';

/** The engines offered are those the server can read, whichever they are. */
export function AddInstance({ onAdded }: { readonly onAdded: () => void }) {
  const loading = useLoaded('engines', 0, () => callApi<readonly EnginePublic[]>({ path: '/engines' }));
  return <LoadedView loading={loading}>{(engines) => <InstanceForm engines={engines} onAdded={onAdded} />}</LoadedView>;
}
