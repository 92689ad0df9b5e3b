import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore } from '@plumbline/clickhouse';
import type { RawStatements, Store } from '@plumbline/clickhouse';
import { stringify } from 'yaml';
import { startClickHouseEndpoint } from './clickhouse-endpoint/index.js';
import type { ClickHouseEndpoint } from './clickhouse-endpoint/index.js';
import { runProgram, startProgram } from './testing/program.js';
import type { Program } from './testing/program.js';

/** Long enough that a busy test machine lets no lease lapse by being slow. */
const lapse_s = 8;
const token = 'role-token-of-24-characters';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let directory: string;
let store: Store & RawStatements;
let endpoint: ClickHouseEndpoint;
const programs: Program[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-roles-'));
  store = (await openStore(`chdb://${join(directory, 'store')}`)) as Store & RawStatements;
  endpoint = await startClickHouseEndpoint({
    store,
    port: 0,
    authenticate: () => 'admin',
    log: () => undefined,
    ungated_for_tests: true,
  });
}, 60_000);

afterAll(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs.map(({ ended }) => ended));
  await endpoint.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function configure(name: string): string {
  const config = {
    data_directory: `./${name}`,
    // No broker is there: these roles need none.
    bus: { uri: 'kafka://127.0.0.1:1/plumbline' },
    store: { uri: `http://tester:any@127.0.0.1:${endpoint.port}/${store.database_name}` },
    leases: { lapse_s },
    api: { port: 0, tokens: [{ name: 'tester', role: 'admin', credential: 'env:ROLE_TOKEN' }] },
    preview: { enabled: false },
  };
  writeFileSync(join(directory, `${name}.yml`), stringify(config));
  return `${name}.yml`;
}

interface Started {
  readonly program: Program;
  readonly url: string;
}

async function start(role: string, name: string): Promise<Started> {
  const program = startProgram([role, '--config', configure(name)], {
    working_directory: directory,
    environment: { ROLE_TOKEN: token },
  });
  programs.push(program);
  const url = await until(`${name} is up`, () => /(?:Health|API) +(http:\/\/[^/]+)/.exec(program.stdout())?.[1]).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${program.stdout()}${program.stderr()}`);
    },
  );
  return { program, url };
}

async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const began = Date.now(); Date.now() - began < 60_000; await pause(100)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`not within 60 s: ${what}`);
}

const call = (url: string, path: string, body?: object) =>
  fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

/** Runs of jobs that ended in this process. */
async function jobRuns({ url }: Started): Promise<number> {
  const text = await (await call(url, '/metrics')).text();
  const counts = [...text.matchAll(/^plumbline_job_seconds_count\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('roles as processes on one store', () => {
  it.each(['collector', 'sink', 'analytics', 'api'])('%s is refused on memory:, with what to do', async (role) => {
    const { code, stderr } = await runProgram([role], { working_directory: directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/bus\.uri: memory: ends with the process.*kafka:\/\//);
  });

  it('analytics runs its jobs in one process; when that is killed the other goes on; both are ready', async () => {
    const first = await start('analytics', 'first');
    await until('the first judges', async () => ((await jobRuns(first)) > 0 ? true : undefined));
    const second = await start('analytics', 'second');
    await pause(5_000);
    expect(await jobRuns(second)).toBe(0);
    expect((await call(second.url, '/ready')).status).toBe(200);

    first.program.kill('SIGKILL');
    await until('the second judges', async () => ((await jobRuns(second)) > 0 ? true : undefined));
    const rows = await store.query<{ term: string }>(
      `SELECT term FROM latest_leases WHERE lease_name = 'analytics' AND is_in_force`,
    );
    expect(rows).toEqual([{ term: '2' }]);

    const began = Date.now();
    second.program.kill('SIGTERM');
    expect(await second.program.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await store.query(`SELECT 1 FROM latest_leases WHERE lease_name = 'analytics' AND is_in_force`)).toEqual([]);
  }, 180_000);

  it('analytics serves health, readiness and metrics, and no API', async () => {
    const { url, program } = await start('analytics', 'self');
    const statuses = await Promise.all(
      ['/health', '/ready', '/metrics', '/api/v1/status'].map(async (path) => (await call(url, path)).status),
    );
    expect(statuses).toEqual([200, 200, 200, 404]);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  }, 90_000);

  it('api answers views, and refuses to edit instances that no collector would hear of', async () => {
    const { url, program } = await start('api', 'api');
    expect((await call(url, '/ready')).status).toBe(200);
    expect((await call(url, '/api/v1/status')).status).toBe(200);
    const instance = { name: 'shop', engine: 'postgresql', host: 'db', database_name: 'shop', user_name: 'reader' };
    const refused = await call(url, '/api/v1/instances', instance);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('no collector runs')]);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  }, 90_000);

  it.each(['collector', 'sink'])(
    '%s is up while no broker answers, and stops in time',
    async (role) => {
      const { url, program } = await start(role, `lonely-${role}`);
      expect((await call(url, '/health')).status).toBe(200);
      const began = Date.now();
      program.kill('SIGTERM');
      expect(await program.ended).toBe(0);
      expect(Date.now() - began).toBeLessThan(10_000);
    },
    90_000,
  );
});
