import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { locked_password, locked_user, startMonitoredServer } from '../testing/monitored-server.js';
import type { MonitoredServer } from '../testing/monitored-server.js';
import { runProgram } from '../testing/program.js';

let monitored: MonitoredServer;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-cli-'));
  monitored = await startMonitoredServer();
  await monitored.run(
    'postgres',
    'CREATE EXTENSION IF NOT EXISTS pg_stat_statements',
    'CREATE DATABASE bare',
    'CREATE ROLE reader LOGIN IN ROLE pg_monitor',
    'CREATE ROLE stranger LOGIN',
    `CREATE ROLE ${locked_user} LOGIN PASSWORD '${locked_password}' IN ROLE pg_monitor`,
  );
  writeConfig();
}, 60_000);
afterAll(async () => {
  await monitored.stop();
  rmSync(directory, { recursive: true, force: true });
});

function writeConfig(): void {
  const { host, port } = monitored.server;
  const instance = (name: string, user_name: string, more: object = {}) => ({
    name,
    engine: 'postgresql',
    host,
    port,
    database_name: 'postgres',
    user_name,
    tls: 'off',
    ...more,
  });
  const instances = [
    instance('well', 'reader'),
    instance('no-extension', 'reader', { database_name: 'bare' }),
    instance('no-grant', 'stranger'),
    instance('right-password', locked_user, { credential: 'env:RIGHT' }),
    instance('wrong-password', locked_user, { credential: 'env:WRONG' }),
    instance('no-password', locked_user, { credential: 'env:UNSET' }),
    instance('no-database', 'reader', { database_name: 'missing' }),
    instance('unreachable', 'reader', { port: 1 }),
  ];
  writeFileSync(join(directory, 'plumbline.yml'), stringify({ data_directory: './data', instances }));
}

const environment = { RIGHT: locked_password, WRONG: 'wrong-horse-battery' };
const plumbline = (...args: readonly string[]) => runProgram(args, { working_directory: directory, environment });

interface Patient {
  readonly name: string;
  readonly checkups: readonly {
    readonly aspect: string;
    readonly state: string;
    readonly message: string;
    readonly fix: string;
  }[];
}

describe('plumbline doctor', () => {
  let patients: readonly Patient[];
  let all_text: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await plumbline('doctor', '--json');
    expect([code, stderr]).toEqual([1, '']);
    all_text = stdout;
    patients = (JSON.parse(stdout) as { instances: Patient[] }).instances;
  }, 60_000);
  const of = (name: string) => patients.find((patient) => patient.name === name)?.checkups ?? [];

  it('finds nothing to mend where all is as it must be', () => {
    expect(of('well').length).toBeGreaterThan(1);
    const wrong = of('well').filter(({ state }) => !['ok', 'degraded'].includes(state));
    expect(wrong).toEqual([]);
    expect(of('right-password')[0]?.state).toBe('ok');
  });

  it.each([
    ['no-extension', /create extension/i],
    ['no-grant', /grant\s+"?pg_(monitor|read_all_stats)/i],
    ['wrong-password', /password/i],
    ['no-password', /Set UNSET/],
    ['no-database', /missing|database/i],
    ['unreachable', /:1\b|port|reach|listen/i],
  ])('tells %s with the fix, and goes on with the others', (name, fix) => {
    const wrong = of(name).filter(({ state }) => state !== 'ok');
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.map((one) => `${one.message} ${one.fix}`).join('\n')).toMatch(fix);
    for (const one of wrong) expect(one.fix).not.toBe('');
  });

  it('never prints a password', () => {
    for (const password of Object.values(environment)) expect(all_text).not.toContain(password);
  });

  it('ends with 0 for one instance that is well, and prints it for a person', async () => {
    const { code, stdout } = await plumbline('doctor', '--instance', 'right-password');
    expect(stdout).toMatch(/^right-password\n {2}ok {4}connection/m);
    expect(code === 0 || /MEND/.test(stdout)).toBe(true);
  });
});

describe('the command line', () => {
  it('lists every mistake of a configuration and ends with 3', async () => {
    writeFileSync(join(directory, 'wrong.yml'), 'api: {prt: 1}\nlog: {level: loud}\n');
    const { code, stderr } = await plumbline('start', '--config', 'wrong.yml');
    expect([code, stderr]).toEqual([
      3,
      `2 problems:\n  ${directory}/wrong.yml:1: api.prt: is not a known key. Did you mean "port"?\n` +
        `  ${directory}/wrong.yml:2: log.level: is not one of the allowed words. Use one of trace, debug, info, warn, error, silent.\n`,
    ]);
  });

  it.each([
    [['strat'], 2, /unknown command 'strat'[^]*Did you mean start/],
    [['doctor', '--jsn'], 2, /unknown option '--jsn'/],
    [['status'], 4, /No server runs on/],
    [['compress', 'well'], 4, /No server runs on/],
    [['compress', 'well', '--keep', '0'], 2, /Give a whole number from 1/],
    [['compress', 'well', '--format', 'parquet'], 2, /name a file with --out/],
    [['instances', 'remove', 'wel'], 3, /Did you mean "well"/],
    [['instances', 'add', 'postgresql://me@db/x', '--name', 'well'], 3, /an instance well exists/],
    [['doctor', '--source', 'oracel://x'], 3, /is of no known engine/],
  ])('%j ends with %i and says why', async (args, code, expected) => {
    const ended = await plumbline(...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(expected)]);
  });

  it('adds, edits, tests, lists and removes an instance without a server', async () => {
    const { host, port } = monitored.server;
    const key = { PLUMBLINE_KEY: Buffer.alloc(32, 1).toString('base64') };
    const run = (args: readonly string[], stdin = '') =>
      runProgram(['instances', ...args], {
        working_directory: directory,
        environment: { ...environment, ...key },
        stdin,
      });
    const url = `postgresql://${locked_user}@${host}:${port}/postgres?name=added`;
    expect((await run(['add', url, '--password-stdin'], 'bad\n')).stdout).toBe('Added added\n');
    expect((await run(['test', 'added'])).code).toBe(1);
    expect(
      (await run(['edit', 'added', '--password-stdin', '--set', 'interval_s=5'], `${locked_password}\n`)).code,
    ).toBe(0);
    const tested = await run(['test', 'added', '--json']);
    expect(JSON.parse(tested.stdout).checkups[0]).toMatchObject({ aspect: 'connection', state: 'ok' });
    expect((await run(['list'])).stdout).toMatch(/^added .* 5 +yes +added$/m);
    // Without the key nothing starts, and the message names the key.
    const locked = await plumbline('instances', 'list');
    expect([locked.code, locked.stderr]).toEqual([
      3,
      expect.stringMatching(/encrypted with key [0-9a-f]{8}, and no key is set/),
    ]);
    const next = { PLUMBLINE_KEY: Buffer.alloc(32, 2).toString('base64') };
    const rotated = await runProgram(['instances', 'rotate-key', '--new-key', 'env:NEXT_KEY'], {
      working_directory: directory,
      environment: { ...environment, ...key, NEXT_KEY: next.PLUMBLINE_KEY },
    });
    expect(rotated.stdout).toMatch(/^1 password is encrypted with key [0-9a-f]{8} now/);
    expect((await run(['list'])).code).toBe(3);
    const with_next = { working_directory: directory, environment: { ...environment, ...next } };
    expect((await runProgram(['instances', 'test', 'added'], with_next)).stdout).toMatch(/^connection +ok/m);
    expect((await runProgram(['instances', 'remove', 'added'], with_next)).code).toBe(0);
  }, 60_000);

  it('tells what a migration would do, does it, and has nothing left to do', async () => {
    const dry = await plumbline('migrate', '--dry-run');
    expect(dry.stdout).toMatch(/0001_\S+ would be applied/);
    expect((await plumbline('migrate')).stdout).toMatch(/0001_\S+ applied/);
    expect((await plumbline('migrate')).stdout).toBe('The store is up to date\n');
  }, 60_000);

  it('reads once, takes nothing from standard input, and says what was read', async () => {
    // The embedded engine alone would take it for rows of its next insert.
    const piped = { working_directory: directory, environment, stdin: '{"instance_id":"piped"}\n' };
    const { code, stdout, stderr } = await runProgram(['collect', 'well', '--once', '--json'], piped);
    expect(stderr).not.toMatch(/fault/);
    const [reading] = (
      JSON.parse(stdout) as { instances: { is_delivered: boolean; aspects: { aspect: string; state: string }[] }[] }
    ).instances;
    expect(reading?.is_delivered).toBe(true);
    expect(reading?.aspects.find(({ aspect }) => aspect === 'statements')?.state).toBe('ok');
    expect(code).toBe(reading?.aspects.every(({ state }) => state === 'ok' || state === 'disabled') ? 0 : 1);
  }, 60_000);
});
