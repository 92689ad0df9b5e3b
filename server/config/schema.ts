import { instance_config_schema, roles } from '@plumbline/contracts';
import { analytics_settings_schema } from '@plumbline/analytics/settings';
import { z } from 'zod';

/**
 * Everything that may be written in plumbline.yml, parsed once at start. `unit`, `reason` and `description` are for the
 * generated page docs/generated/config.md; a key without a reason fails its test.
 */
const port = z.number().int().min(0).max(65_535);
const whole = (least: number, most: number) => z.number().int().min(least).max(most);

const credential_reference = z
  .string()
  .regex(/^(env|file):.+$/, 'a credential is a reference to where the secret is, never the secret');

const token_schema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}$/, 'is not a name of 1 to 63 letters, digits, spaces or . _ @ -')
    .meta({ reason: 'Written as the actor of every event and audit line made with this token.' }),
  role: z.enum(roles).meta({ reason: 'viewer reads; operator also answers, tests and collects; admin also edits.' }),
  credential: credential_reference.meta({
    reason: 'Where the token is: env:NAME or file:/path. At least 16 characters.',
  }),
});

const api_schema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').meta({ reason: 'Loopback until somebody decides to open it.' }),
  port: port.default(8686).meta({ reason: 'Free in the registered range; 0 takes any free port.' }),
  max_body_bytes: whole(1_024, 16_777_216)
    .default(262_144)
    .meta({ unit: 'bytes', reason: 'The largest honest body is an instance or a note: a few kilobytes.' }),
  max_requests_per_minute: whole(10, 1_000_000)
    .default(1_200)
    .meta({ unit: 'requests per minute and token', reason: 'Ten open pages refreshing every 10 s stay far below it.' }),
  tokens: z
    .array(token_schema)
    .default([])
    .meta({ reason: 'Empty: one token per role is generated into data_directory/tokens.json (mode 0600).' }),
});

const endpoint_schema = z.strictObject({
  enabled: z.boolean().default(true).meta({ reason: 'Ad-hoc SQL by curl, clients and Grafana; read-only.' }),
  host: z.string().min(1).default('127.0.0.1').meta({ reason: 'Loopback until somebody decides to open it.' }),
  port: port.default(8123).meta({ reason: 'The port ClickHouse clients expect.' }),
  limits: z
    .strictObject({
      max_execution_time_s: whole(1, 3_600).default(30).meta({ unit: 's', reason: 'A page never waits longer.' }),
      max_memory_bytes: whole(16_777_216, 1_099_511_627_776)
        .default(1_000_000_000)
        .meta({ unit: 'bytes', reason: 'One bad GROUP BY must not take the process down.' }),
      max_result_rows: whole(1, 100_000_000)
        .default(1_000_000)
        .meta({ unit: 'rows', reason: 'More is an export, not an answer.' }),
      max_result_bytes: whole(1_024, 10_737_418_240).default(200_000_000).meta({
        unit: 'bytes',
        reason: 'An answer is held in memory until it is whole, so that errors come as errors.',
      }),
      max_body_bytes: whole(1_024, 16_777_216)
        .default(1_000_000)
        .meta({ unit: 'bytes', reason: 'The longest statement; nothing is inserted here.' }),
    })
    .prefault({}),
});

const preview_schema = z.strictObject({
  enabled: z.boolean().default(true).meta({ reason: 'A first look without Grafana. Turn off where Grafana is used.' }),
  port: port.default(3030).meta({ reason: "Next to Grafana's own 3000." }),
  grafana: z
    .enum(['12.4', '13.2'])
    .default('13.2')
    .meta({ reason: "Which Grafana's packages the pages are shown with." }),
});

export const config_schema = z.strictObject({
  data_directory: z
    .string()
    .min(1)
    .default('./plumbline-data')
    .meta({ reason: 'Store, outbox, added instances and generated tokens. Relative to the working directory.' }),
  store: z
    .strictObject({
      uri: z
        .string()
        .regex(/^(chdb:\/\/\/.|https?:\/\/.)/, 'is not a store address')
        .optional()
        .meta({ default_text: 'chdb:// in data_directory/store', reason: 'One process needs no server beside it.' }),
    })
    .prefault({}),
  bus: z
    .strictObject({
      uri: z
        .string()
        .regex(/^(memory:$|kafka:\/\/.)/, 'is not a known bus')
        .default('memory:')
        .meta({ reason: 'memory: inside this one process; kafka://host:port,host:port/prefix between processes.' }),
      kafka_settings: z
        .record(z.string(), z.string())
        .default({})
        .meta({
          reason:
            "Further settings of the Kafka client by librdkafka's names (security.protocol, sasl.mechanisms…). " +
            'Secrets as env:NAME or file:/path.',
        }),
    })
    .prefault({}),
  outbox: z
    .strictObject({
      max_bytes: whole(1_048_576, 1_099_511_627_776).default(1_073_741_824).meta({
        unit: 'bytes',
        reason: 'At the bound the oldest windows are merged: sums stay right, detail is lost.',
      }),
    })
    .prefault({}),
  leases: z
    .strictObject({
      lapse_s: whole(2, 600)
        .default(30)
        .meta({
          unit: 's',
          reason:
            'How long after its last word a collector or analytics process counts as dead and another takes over. ' +
            'Renewed three times as often: shorter costs inserts, longer a wider gap. Alike in all processes.',
        }),
      ship_states: z
        .boolean()
        .default(true)
        .meta({
          reason:
            'Counter states travel with batches: who takes over from a killed collector counts on exactly (bytes: ' +
            'docs/decisions/0011-roles.md). Off: it counts anew, with a warning. Alike in all collectors.',
        }),
    })
    .prefault({}),
  credentials: z
    .strictObject({
      key: credential_reference.default('env:PLUMBLINE_KEY').meta({
        reason: 'Where the key is that encrypts passwords added by API or command line: 32 bytes as base64 or hex.',
      }),
    })
    .prefault({}),
  api: api_schema.prefault({}),
  clickhouse_endpoint: endpoint_schema.prefault({}),
  preview: preview_schema.prefault({}),
  analytics: analytics_settings_schema.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .meta({ reason: 'info: starts, stops, audit lines, and what went wrong.' }),
    })
    .prefault({}),
  instances: z
    .array(instance_config_schema)
    .default([])
    .meta({ reason: 'What to watch. More may be added by API or command line; those are kept in data_directory.' }),
});

export type ConfigInput = z.input<typeof config_schema>;
export type Config = DeepReadonly<z.output<typeof config_schema>>;

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
