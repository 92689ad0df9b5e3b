import { useState, type FormEvent } from 'react';
import type { EnginePublic, ProblemJson } from '@plumbline/contracts';
import { Button, Checkbox, Combobox, Field, Input } from '@grafana/ui';
import { problemOf } from '../data/problemOf';
import { Nothing } from '../page/Nothing';
import { ProblemNote } from '../parts/ProblemNote';
import { useAnswer } from '../parts/useAnswer';
import { bodyOf, fieldsOf, option_prefix, type InstanceField, type Tls, type Values } from './instanceFields';

interface Props {
  readonly engines: readonly EnginePublic[];
  readonly onAdded: () => void;
}

const tls_options: { value: Tls; label: string; description: string }[] = [
  { value: 'require', label: 'require', description: 'encrypted; the certificate is not checked' },
  { value: 'verify', label: 'verify', description: 'encrypted; the certificate must be valid' },
  { value: 'off', label: 'off', description: 'not encrypted' },
];

export function InstanceForm({ engines, onAdded }: Props) {
  const [engine_id, setEngineId] = useState('');
  const [values, setValues] = useState<Values>({});
  const [tls, setTls] = useState<Tls>('require');
  const { is_sending, error, send } = useAnswer(onAdded);
  const engine = engines.find(({ id }) => id === engine_id) ?? usualEngine(engines);
  if (engine === undefined)
    return <Nothing title="This server can read no kind of database">Check its version.</Nothing>;
  const problems = error === undefined ? [] : problemOf(error).problems;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ method: 'POST', path: '/instances', body: bodyOf(engine, values, tls) });
  };
  return (
    <form onSubmit={submit} aria-label="Add instance" style={{ maxWidth: 560, marginBottom: 24 }}>
      <Field label="Engine">
        <Combobox
          id="instance-engine"
          options={engines.map(({ id, label }) => ({ value: id, label }))}
          value={engine.id}
          onChange={({ value }) => setEngineId(value)}
        />
      </Field>
      {fieldsOf(engine, tls).map((field) => (
        <TextField
          key={field.name}
          field={field}
          problem={problems.find((one) => one.field === field.name)}
          value={values[field.name] ?? ''}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <OptionFields engine={engine} values={values} onChange={(changed) => setValues({ ...values, ...changed })} />
      <Field label="TLS">
        <Combobox id="instance-tls" options={tls_options} value={tls} onChange={({ value }) => setTls(value)} />
      </Field>
      <ProblemNote error={error} />
      <Button type="submit" disabled={is_sending}>
        {is_sending ? 'Adding…' : 'Add'}
      </Button>
    </form>
  );
}

interface OptionFieldsProps {
  readonly engine: EnginePublic;
  readonly values: Values;
  readonly onChange: (changed: Values) => void;
}

/** What only this kind of database asks. */
function OptionFields({ engine, values, onChange }: OptionFieldsProps) {
  return engine.option_fields.map(({ name, label, description, kind }) => {
    const key = `${option_prefix}${name}`;
    const value = values[key] ?? '';
    if (kind !== 'switch')
      return (
        <TextField
          key={key}
          field={{ name: key, label, description, type: kind }}
          problem={undefined}
          value={value}
          onChange={(written) => onChange({ [key]: written })}
        />
      );
    return (
      <Field key={key}>
        <Checkbox
          label={label}
          description={description}
          value={value !== ''}
          onChange={(event) => onChange({ [key]: event.currentTarget.checked ? 'yes' : '' })}
        />
      </Field>
    );
  });
}

/** A list in alphabetical order may begin with an engine that few have; most begin with PostgreSQL. */
const usualEngine = (engines: readonly EnginePublic[]): EnginePublic | undefined =>
  engines.find(({ id }) => id === 'postgresql') ?? engines[0];

interface TextFieldProps {
  readonly field: InstanceField;
  readonly problem: ProblemJson['problems'][number] | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextField({ field, problem, value, onChange }: TextFieldProps) {
  const { name, label, type, description, placeholder = '' } = field;
  return (
    <Field
      label={label}
      invalid={problem !== undefined}
      error={problem && `${problem.message}. ${problem.mend}`}
      {...(description === undefined ? {} : { description })}
    >
      <Input
        id={`instance-${name}`}
        type={type}
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}
