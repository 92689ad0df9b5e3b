import { createBus } from '@plumbline/collector';
import type { Bus, Log } from '@plumbline/collector';
import { ProblemError } from '@plumbline/contracts';
import type { Config } from './config/schema.js';
import { resolveReference } from './credentials/reference.js';
import type { ReferenceSource } from './credentials/reference.js';

const secret_setting = /password|secret|\.pem$/;

/** The Kafka client's own settings with references to secrets replaced. @throws ProblemError naming the setting. */
export async function kafkaSettings({ bus }: Config, source: ReferenceSource): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(bus.kafka_settings)) {
    const field = `bus.kafka_settings.${name}`;
    const is_reference = /^(env|file):/.test(value);
    if (!is_reference && secret_setting.test(name)) throw notAReference(field);
    settings[name] = is_reference ? await resolveReference(value, field, source) : value;
  }
  return settings;
}

/** The bus that the configuration names. @throws ProblemError for an address or a setting that cannot be used. */
export async function openBus(config: Config, source: ReferenceSource, log: Log): Promise<Bus> {
  return createBus(config.bus.uri, { log, kafka_settings: await kafkaSettings(config, source) });
}

const notAReference = (field: string): ProblemError =>
  new ProblemError([
    {
      where: 'configuration',
      field,
      message: 'is not a reference to a secret',
      mend: 'Write env:NAME or file:/path, and put the secret there.',
    },
  ]);
