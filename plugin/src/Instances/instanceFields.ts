import type { EnginePublic } from '@plumbline/contracts';

export interface InstanceField {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly type: 'text' | 'number' | 'password';
}

export type Values = Readonly<Record<string, string>>;
export type Tls = 'require' | 'verify' | 'off';

/** What to ask for, in the engine's own words. */
export function fieldsOf({ default_port, database_field }: EnginePublic, tls: Tls): readonly InstanceField[] {
  const { label, description } = database_field;
  return [
    { name: 'name', label: 'Name', description: 'How pages and alerts call it: a-z 0-9 . _ -', type: 'text' },
    { name: 'host', label: 'Host', type: 'text' },
    { name: 'port', label: 'Port', placeholder: String(default_port), type: 'number' },
    { name: 'database_name', label, ...(description === '' ? {} : { description }), type: 'text' },
    { name: 'user_name', label: 'User', type: 'text' },
    { name: 'password', label: 'Password', description: 'Kept encrypted, never shown again', type: 'password' },
    ...(tls === 'verify'
      ? [
          {
            name: 'tls_ca_file',
            label: 'CA file',
            description: "On the Plumbline server; empty: the system's",
            type: 'text',
          } as const,
        ]
      : []),
  ];
}

/** Fields of the engine's own, kept apart from the others by this before their names. */
export const option_prefix = 'options.';

/** Only what was written is sent; the server checks it, fills the rest and names each wrong field. */
export function bodyOf(engine: EnginePublic, values: Values, tls: Tls): Readonly<Record<string, unknown>> {
  const written = (name: string): string => (values[name] ?? '').trim();
  const asked = fieldsOf(engine, tls).map(({ name }) => [name, written(name)] as const);
  const { port, ...rest } = Object.fromEntries(asked.filter(([, value]) => value !== ''));
  const options = engine.option_fields.flatMap(({ name, kind }) => {
    const value = written(`${option_prefix}${name}`);
    return value === '' ? [] : [[name, kind === 'switch' ? true : kind === 'number' ? Number(value) : value] as const];
  });
  return {
    engine: engine.id,
    tls,
    ...rest,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }),
  };
}
