import { useSearchParams } from 'react-router-dom';
import { RadioButtonGroup } from '@grafana/ui';

/** The chosen state of a list, kept in the URL as `state`; `fallback` when the URL names none. */
export function useStateChoice<State extends string>(
  states: Readonly<Record<State, string>>,
  fallback: NoInfer<State>,
): readonly [State, (state: State) => void] {
  const [search, setSearch] = useSearchParams();
  const given = keysOf(states).find((state) => state === search.get('state'));
  const choose = (state: State) =>
    setSearch((before) => {
      before.set('state', state);
      return before;
    });
  return [given ?? fallback, choose];
}

interface Props<State extends string> {
  readonly states: Readonly<Record<State, string>>;
  readonly value: State;
  readonly onChange: (state: State) => void;
}

export function StateChoice<State extends string>({ states, value, onChange }: Props<State>) {
  const options = keysOf(states).map((state) => ({ value: state, label: states[state] }));
  return <RadioButtonGroup options={options} value={value} onChange={onChange} size="sm" />;
}

const keysOf = <Key extends string>(record: Readonly<Record<Key, string>>): Key[] => Object.keys(record) as Key[];
