import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ProblemError, problemText } from '@plumbline/contracts';
import fc from 'fast-check';
import { loadConfig } from './load.js';
import type { ConfigRequest } from './load.js';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const engines = [
  { id: 'postgresql', url_schemes: ['postgresql', 'postgres'], default_port: 5432 },
  { id: 'mysql', url_schemes: ['mysql'], default_port: 3306 },
];
let files = 0;
function load(text: string | undefined, more: Partial<ConfigRequest> = {}) {
  const config_path = text === undefined ? undefined : join(directory, `${files++}.yml`);
  if (config_path !== undefined) writeFileSync(config_path, text ?? '');
  return loadConfig({ config_path, environment: {}, working_directory: directory, engines, ...more });
}
function problems(text: string | undefined, more: Partial<ConfigRequest> = {}): string[] {
  try {
    load(text, more);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) =>
      problemText(problem)
        .replace(`${directory}/`, '')
        .replace(/^\d+\.yml/, 'file'),
    );
  }
  throw new Error('no problem was found');
}

const secret = 'hunter2-do-not-tell';
const many_mistakes = `data_directory: /tmp/here
api:
  port: 80860
  tokns: []
clickhouse_endpoint:
  port: 3030
  limits:
    max_execution_time_s: soon
preview:
  grafana: "11.0"
analytics:
  z_treshold: 4
  sprt_threshold: 1
bus:
  uri: amqp://broker:5672
log: loud
instances:
  - name: Shop One
    engine: postgresq
    host: db.example
    database_name: shop
    user_name: plumbline
    credential: ${secret}
    tls: maybe
    interval_s: 0.1
    aspects:
      statments: { enabled: true }
      activity: { interval_s: 0 }
  - name: two
    engine: mysql
    database_name: a
    user_name: b
  - name: two
    engine: mysql
    host: h
    database_name: a
    user_name: b
    password: ${secret}
extra: 1
`;

describe('a configuration with many mistakes', () => {
  it('is refused with every mistake at once, its line and how to mend it', () => {
    expect(problems(many_mistakes)).toEqual([
      'file:3: api.port: is more than 65535. Use a whole number from 0 to 65535.',
      'file:4: api.tokns: is not a known key. Did you mean "tokens"?',
      'file:8: clickhouse_endpoint.limits.max_execution_time_s: is not a number. Use a whole number from 1 to 3600.',
      'file:9: preview.port: is the port of clickhouse_endpoint too. Give one of them another port; 0 takes any free one.',
      'file:10: preview.grafana: is not one of the allowed words. Use one of 12.4, 13.2.',
      'file:12: analytics.z_treshold: is not a known key. Did you mean "z_threshold"?',
      'file:13: analytics.sprt_threshold: is less than 2. Use a number from 2 to 1000.',
      'file:15: bus.uri: is not a known bus. Write memory: or kafka://host:port,host:port/prefix.',
      'file:16: log: is not a block of keys. Write a block of keys here.',
      'file:18: instances[0].name: has not the allowed form. Use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit.',
      'file:19: instances[0].engine: is not a known engine. Did you mean "postgresql"?',
      'file:23: instances[0].credential: is not a reference to a secret. Write env:NAME or file:/path, and put the secret there.',
      'file:24: instances[0].tls: is not one of the allowed words. Use one of off, require, verify.',
      'file:25: instances[0].interval_s: is less than 0.5. Use a number from 0.5 to 3600.',
      'file:27: instances[0].aspects.statments: is not a known key. Did you mean "statements"?',
      'file:28: instances[0].aspects.activity.interval_s: is less than 0.5. Use a number from 0.5 to 86400.',
      'file:29: instances[1].host: is missing. Write some text here.',
      'file:33: instances[2].name: is the name of an earlier entry too. Give each its own name.',
      'file:38: instances[2].password: is not a known key. Remove it, or use one of name, engine, host, port, database_name, user_name, credential, tls, tls_ca_file, enabled, cluster_name, interval_s, options, aspects.',
      'file:39: extra: is not a known key. Remove it, or use one of data_directory, store, bus, outbox, leases, credentials, api, clickhouse_endpoint, preview, analytics, log, instances.',
    ]);
  });

  it('never repeats what was written, for it may be a secret', () => {
    expect(problems(many_mistakes).join('\n')).not.toContain(secret);
  });
});

const single_mistakes: readonly (readonly [title: string, text: string, expected: RegExp])[] = [
  ['a tab for indentation', 'api:\n\tport: 1\n', /file:2: \(form\): is not well-formed YAML/],
  [
    'the same key twice',
    'log: {level: info}\nlog: {level: debug}\n',
    /file:2: \(form\): is not well-formed YAML: Map keys must be unique/,
  ],
  ['a list in place of the whole', '- a\n', /\(the whole\): is not a block of keys/],
  [
    'an alias bomb',
    `a: &a [x,x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`,
    /repeats itself through too many aliases/,
  ],
];

describe('a file that is no configuration', () => {
  it.each(single_mistakes)('%s is told as a problem, not as a crash', (_title, text, expected) => {
    expect(problems(text).join('\n')).toMatch(expected);
  });

  it('that is not there is told with its path', () => {
    expect(problems(undefined, { config_path: '/nowhere/plumbline.yml' })).toEqual([
      '/nowhere/plumbline.yml: (file): cannot be read (ENOENT). Check the path, or start without --config.',
    ]);
  });
});

describe('a good configuration', () => {
  it('has every default without a file, and cannot be changed later', () => {
    const { config } = load(undefined);
    expect(config.api.port).toBe(8686);
    expect(config.data_directory).toBe(join(directory, 'plumbline-data'));
    expect(() => Object.assign(config.api, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.analytics, { z_threshold: 1 })).toThrow(TypeError);
  });

  it('takes an empty file for no wishes', () => {
    expect(load('').config.clickhouse_endpoint.port).toBe(8123);
  });

  it('lets the environment win over the file, and the file over the demo', () => {
    const { config } = load('api: {port: 9000}\nlog: {level: warn}\n', {
      environment: { PLUMBLINE_API_PORT: '9001', PLUMBLINE_PREVIEW_ENABLED: 'false' },
      defaults: { log: { level: 'debug' }, api: { host: '::1' } },
    });
    expect([config.api.port, config.api.host, config.preview.enabled, config.log.level]).toEqual([
      9001,
      '::1',
      false,
      'warn',
    ]);
  });

  it('tells a wrong variable by the name of the variable', () => {
    expect(
      problems(undefined, { environment: { PLUMBLINE_API_PORT: 'http', PLUMBLINE_PREVIEW_ENABLED: 'yes' } }),
    ).toEqual([
      'environment: PLUMBLINE_API_PORT: is not a number. Use a whole number from 0 to 65535.',
      'environment: PLUMBLINE_PREVIEW_ENABLED: is not true or false. Use true or false.',
    ]);
  });

  it('tells a misspelled variable and leaves secrets that references name alone', () => {
    const environment = { PLUMBLINE_API_PROT: '1', PLUMBLINE_SHOP_PASSWORD: 'x', PLUMBLINE_KEY: 'y' };
    expect(problems(undefined, { environment })).toEqual([
      'environment: PLUMBLINE_API_PROT: sets nothing. Did you mean "PLUMBLINE_API_PORT"?',
    ]);
  });
});

describe('--source', () => {
  it('makes an instance, keeps the password out of it and warns', () => {
    const { config, passwords, warnings } = load(undefined, { source: 'postgresql://me:p%40ss@db.example/shop' });
    expect(config.instances).toEqual([
      expect.objectContaining({
        name: 'db.example-shop',
        engine: 'postgresql',
        host: 'db.example',
        port: 5432,
        tls: 'require',
      }),
    ]);
    expect(JSON.stringify(config)).not.toContain('p@ss');
    expect(passwords.get('db.example-shop')).toBe('p@ss');
    expect(warnings.join()).toMatch(/PGPASSWORD/);
  });

  it('takes PGPASSWORD as a reference', () => {
    const { config, warnings } = load(undefined, {
      source: 'postgres://me@localhost:6543/shop?name=mine',
      environment: { PGPASSWORD: 'x' },
    });
    expect(config.instances[0]).toMatchObject({ name: 'mine', port: 6543, tls: 'off', credential: 'env:PGPASSWORD' });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['postgresl://me@db/shop', /scheme: is of no known engine. Did you mean "postgresql:\/\/"/],
    ['postgresql://me:100%@db/shop', /url: is not a URL/],
    ['postgresql://db', /database_name: is too short[^]*user_name: is too short/],
    ['postgresql://me@db/shop?tsl=off', /\?tsl: is not a known parameter/],
    ['shop', /scheme: is of no known engine/],
  ])('%s is refused with what to mend', (source, expected) => {
    expect(problems(undefined, { source }).join('\n')).toMatch(expected);
  });

  it('tells its own mistake and the file’s at once', () => {
    expect(problems('api: {port: x}\n', { source: 'nothing://db' })).toHaveLength(2);
  });

  it('never lets any text crash it, nor repeats a password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.webUrl(), (text, url) => {
        for (const source of [text, `postgresql://${text}`, `postgresql://me:${secret}@${text}`, url]) {
          try {
            load(undefined, { source });
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemError);
            expect((error as Error).message).not.toContain(secret);
          }
        }
      }),
    );
  });
});
