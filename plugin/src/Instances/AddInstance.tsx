import { useState, type FormEvent } from 'react';
import { Button, Combobox, Field, Input } from '@grafana/ui';
import { problemOf } from '../data/problemOf';
import { ProblemNote } from '../parts/ProblemNote';
import { useAnswer } from '../parts/useAnswer';

const fields = [
  { name: 'name', label: 'Name', description: 'a-z 0-9 . _ -' },
  { name: 'host', label: 'Host' },
  { name: 'port', label: 'Port', description: 'empty: the usual one' },
  { name: 'database_name', label: 'Database' },
  { name: 'user_name', label: 'User' },
  { name: 'password', label: 'Password', description: 'kept encrypted, never shown again' },
] as const;
type FieldName = (typeof fields)[number]['name'];
type Values = Readonly<Record<FieldName, string>>;

const empty: Values = { name: '', host: '', port: '', database_name: '', user_name: '', password: '' };
const tls_options = ['require', 'verify', 'off'].map((value) => ({ value, label: value }));

/** Only what was written is sent; the server checks it and names each wrong field. */
export function bodyOf(values: Values, tls: string): Readonly<Record<string, unknown>> {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  const { port, ...rest } = Object.fromEntries(given);
  return { engine: 'postgresql', tls, ...rest, ...(port === undefined ? {} : { port: Number(port) }) };
}

export function AddInstance({ onAdded }: { readonly onAdded: () => void }) {
  const [values, setValues] = useState(empty);
  const [tls, setTls] = useState('require');
  const { is_sending, error, send } = useAnswer(onAdded);
  const problems = error === undefined ? [] : problemOf(error).problems;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ method: 'POST', path: '/instances', body: bodyOf(values, tls) });
  };
  return (
    <form onSubmit={submit} aria-label="Add instance" style={{ maxWidth: 560, marginBottom: 24 }}>
      {fields.map(({ name, label, ...rest }) => {
        const wrong = problems.find(({ field }) => field === name);
        return (
          <Field
            key={name}
            label={label}
            invalid={wrong !== undefined}
            error={wrong && `${wrong.message}. ${wrong.mend}`}
            {...rest}
          >
            <Input
              id={`instance-${name}`}
              type={name === 'password' ? 'password' : name === 'port' ? 'number' : 'text'}
              autoComplete="off"
              value={values[name]}
              onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            />
          </Field>
        );
      })}
      <Field label="TLS">
        <Combobox options={tls_options} value={tls} onChange={({ value }) => setTls(value)} />
      </Field>
      <ProblemNote error={error} />
      <Button type="submit" disabled={is_sending}>
        {is_sending ? 'Adding…' : 'Add'}
      </Button>
    </form>
  );
}
