import { ProblemError } from '@plumbline/contracts';

/** What a `kafka://host:port,host:port/prefix?…` address says. */
export interface KafkaAddress {
  /** `host:port,host:port` */
  readonly brokers: string;
  readonly topics: KafkaTopics;
  /** Of all sinks together. */
  readonly group_id: string;
  /** So long messages are gathered into one insert; 0 takes what is there. */
  readonly gather_ms: number;
  /** A consumer that says nothing for so long loses its lanes to the others. */
  readonly session_timeout_ms: number;
}

export interface KafkaTopics {
  readonly batches: string;
  readonly dead_letters: string;
}

const default_prefix = 'plumbline';
const shape = /^kafka:\/\/([^/?]+)(?:\/([^/?]*))?(?:\?(.*))?$/i;
const host_and_port = /^(?:\[[0-9a-f:]+\]|[a-z0-9._-]+):([0-9]{1,5})$/i;
const topic_prefix = /^[A-Za-z0-9._-]{1,200}$/;
const options = { gather_ms: [0, 60_000, 1_000], session_timeout_ms: [1_000, 600_000, 30_000] } as const;

/** Throws `ProblemError` that names the part which is wrong. */
export function parseKafkaAddress(uri: string): KafkaAddress {
  const [, brokers = '', prefix, query = ''] = shape.exec(uri) ?? [];
  for (const broker of brokers.split(',')) {
    const port = Number(host_and_port.exec(broker)?.[1] ?? 0);
    if (port < 1 || port > 65_535) throw wrong(`"${broker}" is not host:port`);
  }
  const name = prefix === undefined || prefix === '' ? default_prefix : prefix;
  if (!topic_prefix.test(name)) throw wrong(`"${name}" cannot begin the name of a topic`);
  return {
    brokers,
    topics: { batches: `${name}.batches`, dead_letters: `${name}.dead-letters` },
    group_id: `${name}.sink`,
    ...readOptions(new URLSearchParams(query)),
  };
}

function readOptions(given: URLSearchParams): Pick<KafkaAddress, keyof typeof options> {
  for (const key of given.keys()) {
    if (!Object.hasOwn(options, key)) throw wrong(`"${key}" is not one of ${Object.keys(options).join(', ')}`);
  }
  const read = (key: keyof typeof options): number => {
    const [least, most, usual] = options[key];
    const value = Number(given.get(key) ?? usual);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw wrong(`${key} is not a whole number from ${least} to ${most}`);
    }
    return value;
  };
  return { gather_ms: read('gather_ms'), session_timeout_ms: read('session_timeout_ms') };
}

const wrong = (message: string): ProblemError =>
  new ProblemError([
    {
      where: 'bus',
      field: 'bus',
      message,
      mend: 'Write kafka://host:port,host:port/prefix; topics begin with the prefix (default plumbline).',
    },
  ]);
