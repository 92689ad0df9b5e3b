import { Combobox } from '@grafana/ui';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { useInstanceChoice } from './useInstanceChoice';

export function InstancePicker({ round }: { readonly round: number }) {
  const [instance_id, choose] = useInstanceChoice();
  const { loaded } = useLoaded('instances', round, () => askView('instances_latest', { instance_id: '' }));
  const known = loaded.state === 'ready' ? loaded.value.map((row) => row.instance_id) : [];
  // A link may name an instance that is gone: it stays choosable, so that the page says so instead of showing all.
  const names = instance_id === '' || known.includes(instance_id) ? known : [...known, instance_id];
  return (
    <Combobox
      aria-label="Instance"
      data-testid="instance-picker"
      width={24}
      options={[{ label: 'All instances', value: '' }, ...names.map((name) => ({ label: name, value: name }))]}
      value={instance_id}
      onChange={(option) => choose(option.value)}
    />
  );
}
