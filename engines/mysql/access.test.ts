import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instanceId, SourceError } from '@plumbline/contracts';
import type { Connection } from 'mysql2/promise';
import { createServer } from 'node:net';
import { connectSource } from './connect.js';
import { engine } from './index.js';
import type { LocalServer } from './local-server.js';
import {
  applicationOf,
  collectTools,
  connected,
  describeOnServers,
  outcomesOf,
  targetOf,
  temporaryServer,
} from './testing/tools.js';

const tools = collectTools();

describeOnServers('access', (binaries) => {
  let server: LocalServer;
  let admin: Connection;
  beforeAll(async () => {
    server = await temporaryServer({ binaries });
    admin = await applicationOf(server);
    await admin.query('CREATE DATABASE shop');
    await admin.query('CREATE TABLE shop.orders (id int PRIMARY KEY, note varchar(20))');
    await admin.query(`CREATE USER 'mon'@'%' IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 3`);
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });
  const mon = () => targetOf(server, { user_name: 'mon', password: 'pw', database_name: 'information_schema' });

  it('goes on without any grant, and says each one that is missing', async () => {
    await connected(mon(), async (connection) => {
      const outcomes = await outcomesOf(connection);
      const statistics = `GRANT SELECT ON performance_schema.* TO 'mon'@'%'`;
      expect(outcomes.statements).toMatchObject({ state: 'denied', fix: statistics });
      expect(outcomes.waits).toMatchObject({ state: 'denied', fix: statistics });
      expect(outcomes.activity).toMatchObject({ state: 'denied', fix: `GRANT PROCESS ON *.* TO 'mon'@'%'` });
      expect(outcomes.tables).toMatchObject({ state: 'degraded', fix: `GRANT SELECT ON <schema>.* TO 'mon'@'%'` });
      expect(outcomes.plans).toMatchObject({ state: 'denied', fix: statistics });
      const fixes = (await connection.checkup()).map(({ outcome }) => outcome.fix).join('\n');
      expect(fixes).toContain(statistics);
      expect(fixes).toContain(`GRANT PROCESS ON *.* TO 'mon'@'%'`);
      expect(fixes).toContain(`GRANT SELECT ON mysql.innodb_index_stats TO 'mon'@'%'`);
    });
  });

  it('needs no more than the grants it names', async () => {
    const grants = ['PROCESS ON *.*', 'SELECT ON performance_schema.*', 'SELECT ON shop.*'];
    const tables = ['SELECT ON mysql.innodb_index_stats', 'SELECT ON mysql.innodb_table_stats'];
    for (const grant of [...grants, ...tables]) await admin.query(`GRANT ${grant} TO 'mon'@'%'`);
    await connected(mon(), async (connection) => {
      const { plans, ...outcomes } = await outcomesOf(connection);
      expect(Object.values(outcomes).map(({ state }) => state)).toEqual(Object.keys(outcomes).map(() => 'ok'));
      expect(plans.state).toBe(binaries.family === 'mysql' ? 'ok' : 'degraded');
      const wrong = (await connection.checkup()).filter(({ outcome }) => outcome.state !== 'ok');
      expect(wrong.map(({ outcome }) => outcome.fix).join()).toMatch(/events_statements_(cpu|history)/);
      expect(wrong).toHaveLength(1);
    });
  });

  it('says that a second connection is not allowed', async () => {
    await admin.query(`ALTER USER 'mon'@'%' WITH MAX_USER_CONNECTIONS 1`);
    await connected(mon(), async (connection) => {
      await connection.collect('metrics', undefined, tools);
      const second = connection.collect('tables', undefined, tools);
      await expect(second).rejects.toMatchObject({
        failure: 'denied',
        fix: expect.stringMatching(/user_connections/i),
      });
    });
    await admin.query(`ALTER USER 'mon'@'%' WITH MAX_USER_CONNECTIONS 3`);
  });

  it('may not write, even with the right to', async () => {
    const source = await connectSource(targetOf(server));
    const writing = source.read('fast', (query) => query('INSERT INTO shop.orders VALUES (1, 1)'));
    await expect(writing).rejects.toMatchObject({ code: '1792' });
    await source.close();
  });

  it.each([
    { what: 'a wrong password', over: { password: 'hunter2' }, failure: 'wrong_password' },
    { what: 'an unknown user', over: { user_name: 'nobody-here', password: 'hunter2' }, failure: 'wrong_password' },
    { what: 'a database that is not there', over: { database_name: 'nowhere' }, failure: 'no_database' },
    { what: 'a closed port', over: { port: 1 }, failure: 'unreachable' },
    { what: 'an unknown host', over: { host: 'no-such-host.invalid' }, failure: 'unreachable' },
    {
      what: 'an authority file that is not there',
      over: { tls: 'verify' as const, tls_ca_file: '/nowhere.pem' },
      failure: 'unreachable',
    },
  ])('explains $what and how to mend it', async ({ over, failure }) => {
    const failed = engine.connect(targetOf(server, over));
    await expect(failed).rejects.toMatchObject({ failure, fix: expect.stringMatching(/\w/) });
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });

  it('explains TLS that is not offered, or not trusted, and encrypts where it may', async () => {
    const strict = engine.connect(targetOf(server, { host: 'localhost', tls: 'verify' }));
    const mend = binaries.family === 'mysql' ? /tls_ca_file/ : /tls: off/;
    await expect(strict).rejects.toMatchObject({ failure: 'unreachable', fix: expect.stringMatching(mend) });
    const encrypted = engine.connect(targetOf(server, { tls: 'require' }));
    if (binaries.family === 'mariadb') await expect(encrypted).rejects.toMatchObject({ failure: 'unreachable' });
    else await (await encrypted).close();
  });

  it('waits no longer than its timeouts, and tells a lock from a slow server', async () => {
    await admin.query('LOCK TABLES shop.orders WRITE');
    const source = await connectSource(targetOf(server));
    const blocked = source.read('catalog', (query) => query('SELECT COUNT(*) AS n FROM shop.orders'));
    await expect(blocked).rejects.toMatchObject({ failure: 'timeout', code: '1205' });
    await admin.query('UNLOCK TABLES');
    await source.close();
  });

  it('connects again after its connections were killed', async () => {
    await connected(targetOf(server), async (connection) => {
      await connection.collect('metrics', undefined, tools);
      const [sessions] = await admin.query(
        `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = '${server.admin}' AND ID <> CONNECTION_ID()`,
      );
      for (const { id } of sessions as { id: number }[]) await admin.query(`KILL ${id}`);
      const broken = await connection.collect('metrics', undefined, tools).catch((error: unknown) => error);
      if (broken instanceof Error) expect(broken).toBeInstanceOf(SourceError);
      expect((await connection.collect('metrics', undefined, tools)).outcome.state).toBe('ok');
    });
  });
});

describe('something that is no MySQL', () => {
  it('is told from a server that is down', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const base = { user_name: 'x', password: 'hunter2', tls: 'off' as const, database_name: 'x' };
    const failed = engine.connect({ instance_id: instanceId('test'), host: '127.0.0.1', port, ...base });
    await expect(failed).rejects.toBeInstanceOf(SourceError);
    await expect(failed).rejects.not.toThrow(/hunter2/);
    stranger.close();
  });
});
