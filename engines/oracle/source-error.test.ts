import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { createServer, type Server, type Socket } from 'node:net';
import type { StandIn } from '../testing/relational/stand-in.js';
import { connectDescriptor } from './descriptor.js';
import { engine } from './index.js';
import { sourceError } from './source-error.js';
import { loadDatabase } from './testing/awr-history.js';
import { monitor, openStandIn, startOracleStandIn, targetOf } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

const where = { host: 'db', port: 1521, database_name: 'SHOP', user_name: 'MON' };

const told = (code: string, message = code) => {
  const error = Object.assign(new Error(`${message} hunter2`), { code });
  return sourceError(error, { ...where, unreadable: ['DBA_HIST_SQLSTAT', 'GV$SQLSTATS'] });
};

describe('An error of Oracle or its driver', () => {
  // Messages as oracledb 26.0.0 gives them in thin mode, the host's and connection's names shortened.
  it.each([
    { code: 'ORA-01017', failure: 'wrong_password', fix: 'ALTER USER "MON" IDENTIFIED BY' },
    { code: 'ORA-01005', failure: 'wrong_password', fix: 'credential' },
    { code: 'ORA-28000', failure: 'denied', fix: 'ALTER USER "MON" ACCOUNT UNLOCK' },
    { code: 'ORA-28001', failure: 'denied', fix: 'ALTER USER "MON" IDENTIFIED BY' },
    { code: 'ORA-01045', failure: 'denied', fix: 'GRANT CREATE SESSION TO "MON"' },
    { code: 'ORA-02391', failure: 'denied', fix: 'SESSIONS_PER_USER' },
    { code: 'ORA-12519', failure: 'denied', fix: 'PROCESSES' },
    { code: 'NJS-116', failure: 'denied', fix: 'ALTER USER "MON"' },
    {
      code: 'ORA-00942',
      failure: 'denied',
      fix: 'GRANT READ ON SYS.DBA_HIST_SQLSTAT TO "MON"; GRANT READ ON SYS.GV_$SQLSTATS TO "MON"',
    },
    { code: 'ORA-01031', failure: 'denied', fix: 'GRANT READ ON SYS.DBA_HIST_SQLSTAT' },
    { code: 'ORA-12514', failure: 'no_database', fix: 'lsnrctl services' },
    { code: 'ORA-12541', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'ORA-12170', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'ORA-01034', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'ORA-03113', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'NJS-500', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'NJS-510', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'NJS-511', failure: 'unreachable', fix: 'lsnrctl status' },
    { code: 'NJS-530', failure: 'unreachable', fix: 'host' },
    { code: 'NJS-123', failure: 'timeout', fix: 'interval_s' },
    { code: 'ORA-01555', failure: 'timeout', fix: 'UNDO_RETENTION' },
    { code: 'NJS-138', failure: 'unsupported', fix: '12.1' },
    { code: 'NJS-533', failure: 'unsupported', fix: 'TCPS' },
    { code: 'NJS-506', failure: 'unreachable', fix: 'tls_ca_file' },
    { code: 'ORA-00600', failure: 'broken', fix: 'alert log' },
  ])('$code is $failure, and says how to mend it', ({ code, failure, fix }) => {
    const error = told(code);
    expect(error).toMatchObject({ failure, fix: expect.stringContaining(fix) });
    expect(`${error.message} ${error.fix} ${String(error.cause)}`).not.toContain('hunter2');
  });

  it.each([
    { message: 'NJS-503: connection could not be established\nconnect ECONNREFUSED 127.0.0.1:1', is: 'refuses' },
    { message: 'NJS-518: cannot connect, Service "x" is not registered (similar to ORA-12514)', is: 'no service' },
    { message: 'NJS-500: connection was closed\nNJS-521: end-of-file on communication channel', is: 'closed' },
  ])('is told by its most telling code: $is', ({ message, is }) => {
    expect(told(message.slice(0, 7), message).message).toContain(is);
  });

  it.each([[undefined], [null], ['text'], [new TypeError('hunter2')], [{ code: 7 }]])(
    'is never thrown on: %p',
    (thrown) => {
      const error = sourceError(thrown, where);
      expect(error).toBeInstanceOf(SourceError);
      expect(error.failure).toBe('broken');
      expect(error.message).not.toContain('hunter2');
    },
  );
});

describe('The way to the server', () => {
  it.each([
    { tls: 'off' as const, has: '(PROTOCOL=tcp)', lacks: 'SECURITY' },
    { tls: 'require' as const, has: '(PROTOCOL=tcps)', lacks: 'DN_MATCH=yes' },
    { tls: 'verify' as const, has: '(SSL_SERVER_DN_MATCH=yes)', lacks: '=tcp)' },
  ])('is spelled for tls: $tls', ({ tls, has, lacks }) => {
    const descriptor = connectDescriptor({ ...where, tls } as ConnectionTarget);
    expect(descriptor).toContain(has);
    expect(descriptor).not.toContain(lacks);
    expect(descriptor).toContain('(HOST=db)(PORT=1521)');
    expect(descriptor).toContain('(SERVICE_NAME=SHOP)');
  });

  it('takes no name that could say more than a name', () => {
    const target = { ...where, database_name: 'x)(SECURITY=(SSL_SERVER_DN_MATCH=no))', tls: 'off' } as ConnectionTarget;
    expect(() => connectDescriptor(target)).toThrow(SourceError);
  });
});

describe('The real driver, against what is no Oracle', () => {
  let silent: Server;
  const sockets: Socket[] = [];
  const portOf = (server: Server): number => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.push(socket);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy(); // the driver leaves its side open after a failed handshake
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    { what: 'a closed port', over: () => ({ port: 1 }) },
    { what: 'a host that is none', over: () => ({ host: 'nowhere.invalid', port: 1521 }) },
    { what: 'another kind of server', over: () => ({ port: portOf(silent) }) },
    { what: 'a server without TLS', over: () => ({ port: portOf(silent), tls: 'verify' as const }) },
    {
      what: 'a certificate file that is not there',
      over: () => ({ port: 1, tls: 'verify' as const, tls_ca_file: '/no' }),
    },
  ])('explains $what and how to mend it', async ({ over }) => {
    const target = { ...where, instance_id: 'test', host: '127.0.0.1', password: 'hunter2', tls: 'off', ...over() };
    const failed = engine.connect(target as unknown as ConnectionTarget);
    await expect(failed).rejects.toMatchObject({ failure: 'unreachable', fix: expect.stringMatching(/\w/) });
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });
});

describe('A missing grant', () => {
  let stand_in: StandIn;
  const tools = collectTools();

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in);
    await stand_in.createUser('SHY', ['V$DATABASE', 'V$INSTANCE', 'V$PARAMETER']);
    await stand_in.createUser('STRANGER', []);
  });
  afterAll(() => stand_in.stop());

  it('is told with the exact grant at connect', async () => {
    const failed = openStandIn(stand_in, { target: { user_name: 'STRANGER' } });
    await expect(failed).rejects.toMatchObject({
      failure: 'denied',
      fix: 'GRANT READ ON SYS.V_$DATABASE TO "STRANGER"; GRANT READ ON SYS.V_$INSTANCE TO "STRANGER"',
    });
  });

  it('denies each aspect with its own grants, in the reading and in the checkup alike', async () => {
    const connection = await openStandIn(stand_in, { target: { user_name: 'SHY' } });
    for (const { name } of engine.aspects) {
      const { outcome } = await connection.collect(name, undefined, tools);
      expect(outcome.state).toBe('denied');
      const checks = (await connection.checkup()).filter(({ aspect }) => aspect === name);
      const fixes = checks.map((check) => check.outcome.fix).join('; ');
      for (const grant of outcome.fix.split('; ')) expect(fixes).toContain(grant);
    }
    await connection.close();
  });

  it('is read past as soon as it is given, without a new connection', async () => {
    const connection = await openStandIn(stand_in, { target: { user_name: 'SHY' } });
    expect((await connection.collect('settings', undefined, tools)).outcome.state).toBe('denied');
    await stand_in.client.query('GRANT SELECT ON v$system_parameter TO shy');
    expect((await connection.collect('settings', undefined, tools)).outcome.state).toBe('ok');
    await connection.close();
  });

  it('is none of a user who may read any dictionary view, though ALL_TAB_COLUMNS shows him nothing', async () => {
    await stand_in.load('SESSION_PRIVS', [{ privilege: 'SELECT ANY DICTIONARY' }]);
    const { rows } = await stand_in.client.query<{ owner: string; table_name: string; column_name: string }>(
      'SELECT owner, table_name, column_name FROM dictionary_columns',
    );
    await stand_in.load('DBA_TAB_COLUMNS', rows);
    await stand_in.client.query('CREATE TABLE hidden_columns AS TABLE dictionary_columns');
    await stand_in.client.query('TRUNCATE dictionary_columns');
    const connection = await openStandIn(stand_in);
    const unmet = (await connection.checkup()).filter(({ outcome }) => outcome.state === 'denied');
    await connection.close();
    await stand_in.empty('SESSION_PRIVS', 'DBA_TAB_COLUMNS');
    await stand_in.client.query('INSERT INTO dictionary_columns TABLE hidden_columns');
    expect(unmet).toEqual([]);
  });

  it('is none of a user who has them all', async () => {
    const connection = await openStandIn(stand_in);
    const unmet = (await connection.checkup()).filter(({ outcome }) => outcome.state === 'denied');
    await connection.close();
    expect(unmet).toEqual([]);
  });

  it('a wrong password is told without it', async () => {
    const failed = openStandIn(stand_in, { target: { password: 'hunter2' }, double: { password: 'right' } });
    await expect(failed).rejects.toMatchObject({ failure: 'wrong_password' });
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });

  it('nothing that the engine sends could write', async () => {
    const sent: string[] = [];
    const connection = await openStandIn(stand_in, { double: { onStatement: (sql) => sent.push(sql) } });
    for (const { name } of engine.aspects) await connection.collect(name, undefined, tools);
    await connection.checkup();
    await connection.close();
    expect(
      new Set(sent.map((sql) => /^(SET TRANSACTION READ ONLY|SELECT \/\* plumbline \*\/)/.exec(sql)?.[1])),
    ).toEqual(new Set(['SET TRANSACTION READ ONLY', 'SELECT /* plumbline */']));
    expect(targetOf(stand_in).user_name).toBe(monitor);
  });
});
