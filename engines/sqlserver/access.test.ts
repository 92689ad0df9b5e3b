import { beforeAll, describe, expect, it } from '@jest/globals';
import type { StandIn, StandInDatabase } from './testing/stand-in.js';
import { serverAtNoon } from './testing/server-at-noon.js';
import { underTest, type UnderTest } from './testing/under-test.js';

const sql = 'SELECT total FROM dbo.orders WHERE customer_id = 5';

describe('Without grants', () => {
  let stand_in: StandIn;
  let master: StandInDatabase;
  let under: UnderTest;
  serverAtNoon((server) => {
    ({ stand_in, master, under } = server);
  });
  beforeAll(() => stand_in.createLogin('stranger', []));

  it.each([
    { aspect: 'activity', state: 'denied' },
    { aspect: 'waits', state: 'denied' },
    { aspect: 'metrics', state: 'denied' },
    { aspect: 'settings', state: 'ok' },
    { aspect: 'tables', state: 'ok' },
  ] as const)('$aspect is $state, with the exact grant', async ({ aspect, state }) => {
    const other = await underTest(stand_in, { to: { user_name: 'stranger' } });
    const { outcome } = await other.read(aspect);
    await other.close();
    expect(outcome.state).toBe(state);
    if (state === 'denied') expect(outcome.fix).toContain('GRANT VIEW SERVER PERFORMANCE STATE TO [stranger]');
  });

  it('checkup tells each aspect that lacks one', async () => {
    const other = await underTest(stand_in, { to: { user_name: 'stranger' } });
    const checks = await other.connection.checkup();
    await other.close();
    const lacking = checks.filter(({ outcome }) => outcome.state !== 'ok');
    expect(lacking.map(({ aspect }) => aspect)).toEqual(['activity', 'waits', 'metrics']);
  });

  it('checkup is content where nothing lacks, and says why advice cannot be proven', async () => {
    const checks = await under.connection.checkup();
    expect(checks.filter(({ outcome }) => outcome.state !== 'ok')).toEqual([]);
    expect(checks[0]?.outcome.message).toMatch(/^SQL Server 16\.0/);
    expect(under.connection.what_if.can_prove).toBe(false);
    await expect(under.connection.what_if.plan('shop', sql, [])).rejects.toMatchObject({ failure: 'unsupported' });
  });

  it('a database that is closed to the login is a gap, and the others are read', async () => {
    await master.client.query('REVOKE CONNECT ON DATABASE crm FROM PUBLIC');
    const { outcome, rows } = await under.read('settings');
    const checks = await under.connection.checkup();
    await master.client.query('GRANT CONNECT ON DATABASE crm TO PUBLIC');
    const fix = expect.stringContaining('USE [crm]; CREATE USER [monitor] FOR LOGIN [monitor]');
    expect(outcome).toMatchObject({ state: 'degraded', fix });
    expect(rows.setting_snapshots).toBeDefined();
    expect(checks).toContainEqual({ aspect: 'statements', outcome: expect.objectContaining({ fix }) });
  });
});
