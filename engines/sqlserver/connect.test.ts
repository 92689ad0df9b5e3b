import { afterEach, describe, expect, it } from '@jest/globals';
import { connectSession } from './connect.js';
import { openConnection } from './connection.js';
import type { SessionSettings } from './driver.js';
import { Fields } from './fields.js';
import { default_options } from './options.js';
import { sourceError } from './source-error.js';
import { TdsServer, type TdsAnswer, type TdsServerOptions } from './testing/tds-server.js';
import { target } from './testing/tools.js';

const settings: SessionSettings = {
  ...{ application_name: 'plumbline', connect_timeout_ms: 5_000, request_timeout_ms: 5_000 },
  has_read_only_intent: false,
};
const facts: TdsAnswer = {
  columns: [
    { name: 'server_version', type: 'nvarchar' },
    { name: 'edition', type: 'nvarchar' },
    { name: 'engine_edition', type: 'int' },
    { name: 'user_name', type: 'nvarchar' },
    { name: 'database_name', type: 'nvarchar' },
    { name: 'is_sysadmin', type: 'int' },
  ],
  rows: [['16.0.4135.4', 'Developer Edition (64-bit)', 3, 'monitor', 'master', 0]],
};

describe('The real driver, against a server’s side of the wire', () => {
  let server: TdsServer;
  const started = async (options: TdsServerOptions): Promise<ReturnType<typeof target>> => {
    server = await TdsServer.start(options);
    return target({ port: server.port, password: 'hunter2' });
  };
  afterEach(() => server.stop());

  it('logs in under its name, and reads the version', async () => {
    const to = await started({ answer: () => facts });
    const connection = await openConnection(to, default_options, connectSession);
    await connection.close();
    expect(connection.server_version).toBe('16.0.4135.4');
    const login = { user_name: 'monitor', application_name: 'plumbline', database_name: 'master' };
    // The pool logs in once to try and once to stay.
    expect(server.logins).toEqual(Array.from({ length: 2 }, () => ({ ...login, has_read_only_intent: false })));
  });

  it.each([
    { number: 18456, failure: 'wrong_password' },
    { number: 4060, failure: 'no_database' },
    { number: 18487, failure: 'wrong_password' },
  ])('hears the number $number of a refused login, which the driver drops', async ({ number, failure }) => {
    const to = await started({ refuse: () => number });
    const failed = openConnection(to, default_options, connectSession);
    await expect(failed).rejects.toMatchObject({ failure, code: number });
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });

  it('comes as a reader where a secondary lets only readers in', async () => {
    const to = await started({
      refuse: ({ has_read_only_intent }) => (has_read_only_intent ? undefined : 978),
      answer: () => facts,
    });
    const connection = await openConnection(to, default_options, connectSession);
    await connection.close();
    const intents = server.logins.map(({ has_read_only_intent }) => has_read_only_intent);
    expect([intents[0], intents.at(-1)]).toEqual([false, true]);
  });

  it('gives every type as fields.ts expects it, and decimals with lost digits, which is why none is read', async () => {
    const at = new Date('2026-11-20T12:00:00.123Z');
    const to = await started({
      answer: () => ({
        columns: [
          { name: 'big', type: 'bigint' },
          { name: 'small', type: 'int' },
          { name: 'average', type: 'float' },
          { name: 'flag', type: 'bit' },
          { name: 'exact', type: 'decimal' },
          { name: 'text', type: 'nvarchar' },
          { name: 'hash', type: 'varbinary' },
          { name: 'instant', type: 'datetimeoffset' },
          { name: 'local', type: 'datetime' },
          { name: 'none', type: 'bigint' },
        ],
        rows: [
          [
            ...[9_223_372_036_854_775_807n, -5, 0.1, 1, 9_007_199_254_740_993n, 'ü\ud800', Buffer.from('00ab', 'hex')],
            ...[at, new Date('2026-11-20T14:00:00.000Z'), null],
          ],
        ],
      }),
    });
    const session = await connectSession(to, settings);
    const [row] = await session.query('SELECT 1', {});
    await session.close();
    const fields = new Fields(row ?? {});
    expect([fields.whole('big'), fields.whole('small'), fields.number('average'), fields.flag('flag')]).toEqual([
      ...[9_223_372_036_854_775_807n, -5n, 0.1, 1],
    ]);
    expect([fields.text('text'), fields.hex('hash'), fields.time('instant'), fields.time('local')]).toEqual([
      ...['ü\ufffd', '0x00ab', at, new Date('2026-11-20T14:00:00.000Z')],
    ]);
    expect([fields.wholeOrNull('none'), row?.exact]).toEqual([null, 9_007_199_254_740_992]);
  });

  it('sends parameters beside the text, each with its type', async () => {
    const asked: string[] = [];
    const to = await started({
      answer: (request) => {
        asked.push(request);
        return { columns: [{ name: 'one', type: 'int' }], rows: [[1]] };
      },
    });
    const session = await connectSession(to, settings);
    await session.query('SELECT @a, @b, @c, @d', {
      a: { type: 'bigint', value: '9223372036854775807' },
      b: { type: 'datetimeoffset(3)', value: new Date(0) },
      c: { type: 'nvarchar(max)', value: 'x' },
      d: { type: 'int', value: 5 },
    });
    await session.close();
    expect(asked[0]?.replaceAll(/\s/g, '')).toMatch(/@abigint,@bdatetimeoffset\(3\),@cnvarchar\(max\),@dint/);
  });

  it.each([
    { what: 'a refusal', answer: { error: 300 } as const, failure: 'denied' },
    { what: 'an answer that never comes', answer: 'silence' as const, failure: 'timeout' },
    { what: 'a connection that is cut', answer: 'hang_up' as const, failure: 'unreachable' },
  ])('tells $what apart', async ({ answer, failure }) => {
    const to = await started({ answer: () => answer });
    const session = await connectSession(to, { ...settings, request_timeout_ms: 200 });
    const error = await session.query('SELECT 1', {}).catch((one: unknown) => sourceError(one, to));
    await session.close();
    expect(error).toMatchObject({ failure, message: expect.not.stringContaining('hunter2') });
  });
});
