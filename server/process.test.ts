import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { findServer } from './server-file.js';
import { locked_password, locked_user, startMonitoredServer } from './testing/monitored-server.js';
import type { MonitoredServer } from './testing/monitored-server.js';
import { runProgram, startProgram } from './testing/program.js';
import type { Program } from './testing/program.js';

let monitored: MonitoredServer;
let directory: string;
let running: Program;
const literal = 'a-literal-that-must-stay-at-the-source';
const environment = { SHOP_PASSWORD: locked_password };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-process-'));
  monitored = await startMonitoredServer();
  await monitored.run(
    'postgres',
    'CREATE EXTENSION IF NOT EXISTS pg_stat_statements',
    `CREATE ROLE ${locked_user} LOGIN PASSWORD '${locked_password}' IN ROLE pg_monitor`,
    'CREATE TABLE orders (order_id int PRIMARY KEY, note text)',
  );
  const { host, port } = monitored.server;
  // A busy test machine is no reason to back off: the intervals are what is tested here.
  const patient = { budget_ms: 60_000 };
  const aspects = { statements: patient, activity: patient, metrics: patient, settings: patient };
  const config = {
    data_directory: './data',
    api: { port: 0 },
    clickhouse_endpoint: { port: 0 },
    preview: { enabled: false },
    log: { level: 'debug' },
    instances: [
      {
        name: 'shop',
        engine: 'postgresql',
        host,
        port,
        database_name: 'postgres',
        user_name: locked_user,
        credential: 'env:SHOP_PASSWORD',
        tls: 'off',
        interval_s: 1,
        aspects,
      },
      {
        name: 'gone',
        engine: 'postgresql',
        host,
        port: 1,
        database_name: 'postgres',
        user_name: 'nobody',
        tls: 'off',
        interval_s: 1,
      },
    ],
  };
  writeFileSync(join(directory, 'plumbline.yml'), stringify(config));
  running = startProgram(['start'], { working_directory: directory, environment });
}, 60_000);

afterAll(async () => {
  running.kill('SIGKILL');
  await running.ended;
  await monitored.stop();
  rmSync(directory, { recursive: true, force: true });
});

const token = (role: string): string =>
  (JSON.parse(readFileSync(join(directory, 'data', 'tokens.json'), 'utf8')) as Record<string, string>)[role] ?? '';

async function apiUrl(): Promise<string> {
  for (let waited_ms = 0; waited_ms < 20_000; waited_ms += 100) {
    const server = existsSync(join(directory, 'data')) ? await findServer(join(directory, 'data')) : undefined;
    if (server?.pid === running.pid) return server.api_url;
    await pause(100);
  }
  throw new Error(`not started:\n${running.stdout()}\n${running.stderr()}`);
}

async function view(name: string, params: Record<string, string>): Promise<Record<string, unknown>[]> {
  const query = new URLSearchParams(params).toString();
  const answer = await fetch(`${await apiUrl()}/api/v1/views/${name}?${query}`, {
    headers: { authorization: `Bearer ${token('viewer')}` },
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
}

/** Calls of our statement that the store knows. */
async function callsSeen(): Promise<number> {
  const span = { from: '2020-01-01', to: '2199-01-01' };
  const rows = await view('query_top', { instance_id: 'shop', ...span, limit: '1000' });
  const ours = rows.filter(({ template }) => /from orders where note/i.test(String(template)));
  return ours.reduce((sum, { calls }) => sum + Number(calls), 0);
}

async function untilCalls(least: number, limit_ms: number): Promise<number> {
  const began = Date.now();
  for (;;) {
    const seen = await callsSeen();
    if (seen >= least) return Date.now() - began;
    if (Date.now() - began > limit_ms)
      throw new Error(`${seen} of ${least} calls after ${limit_ms} ms:\n${running.stderr().slice(-3000)}`);
    await pause(200);
  }
}

const load = (times: number) =>
  monitored.run(
    'postgres',
    ...Array.from({ length: times }, () => `SELECT order_id FROM orders WHERE note = '${literal}'`),
  );

describe('the whole process on a real PostgreSQL', () => {
  it('shows what runs there within 20 s', async () => {
    await apiUrl();
    await untilSettled();
    await load(30);
    expect(await untilCalls(30, 20_000)).toBeLessThan(20_000);
  }, 60_000);

  it('tells the unreachable instance with its fix, and is ready all the same', async () => {
    expect((await fetch(`${await apiUrl()}/ready`)).status).toBe(200);
    const rows = await view('aspects_latest', { instance_id: 'gone' });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect([row['state'], row['fix']]).not.toEqual(['failed', '']);
  });

  it('tells its status on the command line, and takes a reading now', async () => {
    const status = await runProgram(['status'], { working_directory: directory, environment });
    expect(status.stdout).toMatch(/shop +statements +ok/);
    expect(status.code).toBe(1);
    const collected = await runProgram(['collect', 'shop'], { working_directory: directory, environment });
    expect(collected.stdout).toMatch(/ok +statements/);
    const migrate = await runProgram(['migrate'], { working_directory: directory, environment });
    expect([migrate.code, migrate.stderr]).toEqual([1, expect.stringMatching(/has the embedded store open/)]);
  }, 30_000);

  it('refuses a second process on the same data', async () => {
    const second = await runProgram(['start'], { working_directory: directory, environment });
    expect([second.code, second.stderr]).toEqual([3, expect.stringMatching(/Only one process|another process/)]);
  }, 30_000);

  it('counts readings in its metrics', async () => {
    const text = await (await fetch(`${await apiUrl()}/metrics`)).text();
    expect(text).toMatch(/plumbline_readings_total\{instance_id="shop",aspect="statements",state="ok"\} [1-9]/);
    expect(text).toMatch(/plumbline_sink_rows [1-9]/);
    expect(text).toMatch(/plumbline_nodejs_eventloop_lag_seconds/);
  });

  it('survives kill -9, and counts what happened meanwhile once', async () => {
    running.kill('SIGKILL');
    await running.ended;
    await load(20);
    running = startProgram(['start'], { working_directory: directory, environment });
    await untilCalls(50, 60_000);
    await pause(2_500);
    expect(await callsSeen()).toBe(50);
  }, 120_000);

  it('stops on SIGTERM within 10 s, with 0, and leaves no server file', async () => {
    const began = Date.now();
    running.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(running.stdout()).toMatch(/SIGTERM: stopping/);
    expect(await findServer(join(directory, 'data'))).toBeUndefined();
  }, 30_000);

  it('wrote no token, password or literal of the source to its log or its store', async () => {
    const written = running.stdout() + running.stderr();
    expect(written).toContain('"msg":"Started"');
    const secrets = ['viewer', 'operator', 'admin'].map(token).concat(locked_password, literal);
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});

/** The first reading of a counter sets its baseline: calls before it are not ours to count. */
async function untilSettled(): Promise<void> {
  for (let waited_ms = 0; waited_ms < 20_000; waited_ms += 200) {
    const rows = await view('aspects_latest', { instance_id: 'shop' });
    if (rows.some(({ aspect, state }) => aspect === 'statements' && state === 'ok'))
      return pause(1_500).then(() => undefined);
    await pause(200);
  }
  throw new Error(`no reading of statements:\n${running.stderr().slice(-3_000)}`);
}
