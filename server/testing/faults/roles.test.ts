import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithKafka } from '@plumbline/collector/testing/kafka/describe-with-kafka';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import type { Kafka } from '@plumbline/collector/testing/kafka/start-kafka';
import { startMonitoredServer } from '../monitored-server.js';
import type { MonitoredServer } from '../monitored-server.js';
import { runProgram } from '../program.js';
import { call, jobRuns, RolePrograms } from '../role-programs.js';
import type { Started } from '../role-programs.js';
import { startServedStore } from '../served-store.js';
import type { ServedStore } from '../served-store.js';
import { until } from '../until.js';

/** Long enough that a busy test machine lets no lease lapse by being slow. */
const lapse_s = 8;
/** A busy test machine is no reason to back off. */
const patient = { budget_ms: 60_000 };

describeWithKafka('all roles as processes over a real broker', () => {
  let served: ServedStore;
  let kafka: Kafka;
  let monitored: MonitoredServer;
  let roles: RolePrograms;
  let sink: Started;
  let analytics: Started;
  let api: Started;
  beforeAll(async () => {
    served = await startServedStore('roles-faults');
    mkdirSync(join(served.directory, 'kafka'));
    [kafka, monitored] = await Promise.all([
      startKafka({ brokers: 1, directory: join(served.directory, 'kafka') }),
      startMonitoredServer(),
    ]);
    await monitored.run(
      'postgres',
      'CREATE EXTENSION IF NOT EXISTS pg_stat_statements',
      'CREATE TABLE orders (order_id int PRIMARY KEY, note text)',
    );
    const { host, port } = monitored.server;
    const shop = { name: 'shop', engine: 'postgresql', host, port, database_name: 'postgres', user_name: 'postgres' };
    roles = new RolePrograms(served, {
      bus: { uri: `kafka://${kafka.addresses}/shop?gather_ms=100` },
      leases: { lapse_s },
      instances: [{ ...shop, tls: 'off', interval_s: 2, aspects: { statements: patient } }],
    });
  }, 240_000);
  afterAll(async () => {
    await roles?.close();
    await Promise.all([kafka?.stop(), monitored?.stop()]);
    await served?.close();
  }, 60_000);

  async function view(name: string, params: Readonly<Record<string, string>>): Promise<Record<string, unknown>[]> {
    const answer = await call(api, `/api/v1/views/${name}?${new URLSearchParams(params).toString()}`);
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
  }

  /** Calls of our statement, as the API shows them. */
  async function callsShown(): Promise<number> {
    const span = { from: '2020-01-01', to: '2199-01-01' };
    const rows = await view('query_top', { instance_id: 'shop', ...span, limit: '1000' });
    const ours = rows.filter(({ template }) => /from orders where note/i.test(String(template)));
    return ours.reduce((sum, { calls }) => sum + Number(calls), 0);
  }

  const load = (times: number) =>
    monitored.run('postgres', ...Array.from({ length: times }, () => `SELECT order_id FROM orders WHERE note = 'x'`));

  /** What comes twice comes soon after. */
  async function expectCalls(calls: number): Promise<void> {
    await until(`${calls} calls are shown`, async () => (await callsShown()) >= calls);
    await sleep(5_000);
    expect(await callsShown()).toBe(calls);
  }

  it('topics are made once; sink, analytics and api are ready', async () => {
    const made = await runProgram(['topics', 'create', '--copies', '1', ...roles.configure('operator')], {
      working_directory: served.directory,
      environment: { ROLE_TOKEN: 'role-token-of-24-characters' },
    });
    expect([made.code, made.stderr]).toEqual([0, '']);
    sink = await roles.start('sink', 'sink');
    analytics = await roles.start('analytics', 'analytics');
    api = await roles.start('api', 'api');
    for (const role of [sink, analytics, api]) expect((await call(role, '/ready')).status).toBe(200);
  }, 240_000);

  it('what runs on the source is shown by the API; when its collector is killed, another counts on without a gap', async () => {
    const killed = await roles.start('collector', 'killed');
    const isRead = async (): Promise<boolean> =>
      (await view('aspects_latest', { instance_id: 'shop' })).some(
        ({ aspect, state }) => aspect === 'statements' && state === 'ok',
      );
    await until('statements are read', isRead);
    await sleep(1_500);
    await load(30);
    await expectCalls(30);

    killed.program.kill('SIGKILL');
    await load(20);
    const heir = await roles.start('collector', 'heir');
    await expectCalls(50);
    const said = `${heir.program.stdout()}${heir.program.stderr()}`;
    expect(said).toContain('An instance is read on from what its last collector had stored');
    expect(said).not.toContain('read anew');
  }, 300_000);

  it('analytics judges what was stored, and every process ends in good order within ten seconds', async () => {
    await until('a job ran', async () => (await jobRuns(analytics)) > 0);
    for (const { program } of [sink, analytics, api]) {
      const began_ms = performance.now();
      program.kill('SIGTERM');
      expect(await program.ended).toBe(0);
      expect(performance.now() - began_ms).toBeLessThan(10_000);
    }
  }, 120_000);
});
