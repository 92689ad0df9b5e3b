import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aspect_ok, type ConnectionTarget } from '@plumbline/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { engine } from './index.js';
import {
  askPasswordOf,
  collectTools,
  runOn,
  targetOf,
  temporaryServer,
  type TemporaryServer,
} from './testing/tools.js';

describe.each(['system', 'embedded'] as const)('connecting to PostgreSQL (%s)', (prefer) => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    await runOn(server, [
      'CREATE EXTENSION pg_stat_statements',
      `SET password_encryption = 'scram-sha-256'`, // 13 keeps md5 by default
      `CREATE ROLE guarded LOGIN PASSWORD 'right'`,
      'CREATE ROLE narrow LOGIN CONNECTION LIMIT 2',
      'CREATE DATABASE closed',
      'CREATE DATABASE reticent',
    ]);
    await runOn(server, ['REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC'], 'reticent');
    await runOn(server, ['REVOKE SELECT ON pg_roles FROM PUBLIC'], 'closed');
    await askPasswordOf(server, 'guarded');
    await sleep(300);
  });
  afterAll(() => server.stop());

  const connected = async (over: Partial<ConnectionTarget>): Promise<string> => {
    const connection = await engine.connect(targetOf(server, over));
    await connection.close();
    return connection.server_version;
  };
  const sessionsOf = async (role: string): Promise<number> => {
    const [row] = await runOn<{ count: number }>(server, [
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = '${role}'`,
    ]);
    return row?.count ?? -1;
  };
  /** A session ends a moment after its connection was closed. */
  const sessionsAreGone = async (role: string): Promise<boolean> => {
    for (let tries = 0; tries < 50; tries++) {
      if ((await sessionsOf(role)) === 0) return true;
      await sleep(20);
    }
    return false;
  };

  it.each([
    { where: 'anyone may read it', database_name: 'postgres', cluster_name: /^\d{15,20}$/ },
    { where: 'its function was taken from everyone', database_name: 'reticent', cluster_name: /^$/ },
  ])('names its cluster by the system identifier where $where', async ({ database_name, cluster_name }) => {
    const connection = await engine.connect(targetOf(server, { user_name: 'narrow', database_name }));
    await connection.close();
    expect(connection.cluster_name).toMatch(cluster_name);
    expect(connection.is_replica).toBe(false);
  });

  it('takes the right password', async () => {
    expect(await connected({ user_name: 'guarded', password: 'right' })).toMatch(/^1\d/);
  });

  it.each([
    { what: 'a wrong password', password: 'hunter2', message: /refused the password of "guarded"/, fix: /ALTER ROLE/ },
    { what: 'an absent password', password: '', message: /asks a password of "guarded"/, fix: /env:NAME or file:/ },
  ])('names $what and its remedy, and not the password', async ({ password, message, fix }) => {
    const refused = connected({ user_name: 'guarded', password });
    await expect(refused).rejects.toMatchObject({
      failure: 'wrong_password',
      message: expect.stringMatching(message),
      fix: expect.stringMatching(fix),
    });
    await expect(refused).rejects.not.toThrow('hunter2');
  });

  it('names a role that has no connection left, and connects once one is free', async () => {
    const others = [1, 2].map(() => new pg.Client({ connectionString: server.url().replace('postgres@', 'narrow@') }));
    for (const other of others) await other.connect();
    const full = { failure: 'denied', message: expect.stringContaining('no connection left for "narrow"') };
    const fix = expect.stringContaining('ALTER ROLE "narrow" CONNECTION LIMIT 8');
    await expect(connected({ user_name: 'narrow' })).rejects.toMatchObject({ ...full, fix });
    await others[0]?.end();
    // The second of the two connections that an engine needs is refused; the first must not be left behind.
    for (let tries = 0; tries < 3; tries++)
      await expect(connected({ user_name: 'narrow' })).rejects.toMatchObject({ ...full, fix });
    await others[1]?.end();
    expect(await sessionsAreGone('narrow')).toBe(true);
    expect(await connected({ user_name: 'narrow' })).toMatch(/^1\d/);
  });

  it('leaves no session behind when the server does not say what it is', async () => {
    for (let tries = 0; tries < 3; tries++) {
      const over = { user_name: 'narrow', database_name: 'closed' };
      await expect(connected(over)).rejects.toMatchObject({ code: '42501', fix: expect.stringMatching(/GRANT/) });
    }
    expect(await sessionsAreGone('narrow')).toBe(true);
  });

  it('asks for no grant to plan what only a role that writes may plan', async () => {
    await runOn(server, ['CREATE ROLE reader LOGIN; GRANT pg_monitor, pg_read_all_data TO reader']);
    await runOn(server, ['CREATE DATABASE written']);
    const sqls = ['INSERT INTO written VALUES (1)', 'UPDATE written SET id = 2', 'SELECT id FROM written'];
    await runOn(server, ['CREATE EXTENSION pg_stat_statements', 'CREATE TABLE written (id int)', ...sqls], 'written');
    const connection = await engine.connect(targetOf(server, { user_name: 'reader', database_name: 'written' }));
    const tools = collectTools();
    const { outcome, rows } = await connection.collect('plans', undefined, tools);
    await connection.close();
    expect(outcome).toEqual(aspect_ok);
    const planned = new Set(rows.plans?.map(({ query_hash }) => query_hash));
    expect(sqls.map((sql) => planned.has(tools.template(sql).query_hash))).toEqual([false, true, true]);
  });

  it('tells when the server started, also after a restart under the connection', async () => {
    const startOf = async (): Promise<number | undefined> => {
      const [row] = await runOn<{ at: Date }>(server, ['SELECT pg_postmaster_start_time() AS at']);
      return row?.at.getTime();
    };
    const connection = await engine.connect(targetOf(server));
    const first = await startOf();
    expect(connection.started_at?.getTime()).toBe(first);
    await server.restart();
    await connection.collect('metrics', undefined, collectTools());
    const second = await startOf();
    expect(second).toBeGreaterThan(first ?? 0);
    expect(connection.started_at?.getTime()).toBe(second);
    await connection.close();
  });
});
