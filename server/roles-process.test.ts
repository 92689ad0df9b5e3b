import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProgram } from './testing/program.js';
import { call, jobRuns, RolePrograms } from './testing/role-programs.js';
import { startServedStore } from './testing/served-store.js';
import type { ServedStore } from './testing/served-store.js';
import { until } from './testing/until.js';

/** Long enough that a busy test machine lets no lease lapse by being slow. */
const lapse_s = 8;

let served: ServedStore;
let roles: RolePrograms;

beforeAll(async () => {
  served = await startServedStore('roles');
  // No broker is there: these roles need none.
  roles = new RolePrograms(served, { bus: { uri: 'kafka://127.0.0.1:1/plumbline' }, leases: { lapse_s } });
}, 60_000);

afterAll(async () => {
  await roles.close();
  await served.close();
});

describe('roles as processes on one store', () => {
  it.each(['collector', 'sink', 'analytics', 'api'])('%s is refused on memory:, with what to do', async (role) => {
    const { code, stderr } = await runProgram([role], { working_directory: served.directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/bus\.uri: memory: ends with the process.*kafka:\/\//);
  });

  it('analytics runs its jobs in one process; when that is killed the other goes on; both are ready', async () => {
    const first = await roles.start('analytics', 'first');
    await until('the first judges', async () => (await jobRuns(first)) > 0);
    const second = await roles.start('analytics', 'second');
    await sleep(5_000);
    expect(await jobRuns(second)).toBe(0);
    expect((await call(second, '/ready')).status).toBe(200);

    first.program.kill('SIGKILL');
    await until('the second judges', async () => (await jobRuns(second)) > 0);
    const rows = await served.store.query<{ term: string }>(
      `SELECT term FROM latest_leases WHERE lease_name = 'analytics' AND is_in_force`,
    );
    expect(rows).toEqual([{ term: '2' }]);

    const began = Date.now();
    second.program.kill('SIGTERM');
    expect(await second.program.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(
      await served.store.query(`SELECT 1 FROM latest_leases WHERE lease_name = 'analytics' AND is_in_force`),
    ).toEqual([]);
  }, 180_000);

  it('analytics serves health, readiness and metrics, and no API', async () => {
    const started = await roles.start('analytics', 'self');
    const statuses = await Promise.all(
      ['/health', '/ready', '/metrics', '/api/v1/status'].map(async (path) => (await call(started, path)).status),
    );
    expect(statuses).toEqual([200, 200, 200, 404]);
    started.program.kill('SIGTERM');
    expect(await started.program.ended).toBe(0);
  }, 90_000);

  it('api answers views, and refuses to edit instances that no collector would hear of', async () => {
    const started = await roles.start('api', 'api');
    expect((await call(started, '/ready')).status).toBe(200);
    expect((await call(started, '/api/v1/status')).status).toBe(200);
    const instance = { name: 'shop', engine: 'postgresql', host: 'db', database_name: 'shop', user_name: 'reader' };
    const refused = await call(started, '/api/v1/instances', instance);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('no collector runs')]);
    started.program.kill('SIGTERM');
    expect(await started.program.ended).toBe(0);
  }, 90_000);

  it.each(['collector', 'sink'])(
    '%s is up while no broker answers, and stops in time',
    async (role) => {
      const started = await roles.start(role, `lonely-${role}`);
      expect((await call(started, '/health')).status).toBe(200);
      const began = Date.now();
      started.program.kill('SIGTERM');
      expect(await started.program.ended).toBe(0);
      expect(Date.now() - began).toBeLessThan(10_000);
    },
    90_000,
  );
});
