import { describe, expect, it } from '@jest/globals';
import { SourceError } from '@plumbline/contracts';
import { connectSession } from './connect.js';
import { engine } from './index.js';
import { hasCode, LoginError, sourceError, SqlServerError } from './source-error.js';
import { requestError } from './testing/session-double.js';
import { target } from './testing/tools.js';

const where = { host: 'db.example.org', port: 1433, database_name: 'shop', user_name: 'mon' };

describe('What the server refuses', () => {
  it.each([
    { number: 18456, failure: 'wrong_password', fix: /ALTER LOGIN \[mon\]/ },
    { number: 18452, failure: 'wrong_password', fix: /mixed mode/ },
    { number: 18486, failure: 'wrong_password', fix: /UNLOCK/ },
    { number: 18487, failure: 'wrong_password', fix: /CHECK_EXPIRATION = OFF/ },
    { number: 4060, failure: 'no_database', fix: /CREATE USER \[mon\] FOR LOGIN \[mon\]/ },
    { number: 976, failure: 'no_database', fix: /database_name/ },
    { number: 229, failure: 'denied', fix: /VIEW DATABASE STATE/ },
    { number: 297, failure: 'denied', fix: /VIEW SERVER STATE/ },
    { number: 300, failure: 'denied', fix: /VIEW SERVER PERFORMANCE STATE/ },
    { number: 916, failure: 'denied', fix: /\[shop\]/ },
    { number: 207, failure: 'unsupported', fix: /cumulative update/ },
    { number: 1222, failure: 'timeout', fix: /interval_s/ },
    { number: 1205, failure: 'timeout', fix: /interval_s/ },
    { number: 40615, failure: 'unreachable', fix: /firewall/ },
    { number: 50_000, failure: 'broken', fix: /error log/ },
  ])('by $number is $failure, with its fix', ({ number, failure, fix }) => {
    const told = sourceError(requestError(number), where);
    expect(told).toMatchObject({ failure, fix: expect.stringMatching(fix) });
    expect(`${told.message} ${told.fix} ${JSON.stringify(told)}`).not.toContain('hunter2');
    expect(told.cause).toBeUndefined();
    expect(hasCode(told, number)).toBe(true);
  });

  it('is found among what the server said before its last error', () => {
    const last = Object.assign(requestError(3_621), { precedingErrors: [requestError(300)] });
    expect(sourceError(last, where)).toMatchObject({ failure: 'denied' });
  });

  it.each([
    { what: 'a code of the socket', error: { code: 'ECONNREFUSED' }, failure: 'unreachable', message: /refuses/ },
    { what: 'a request that took too long', error: { code: 'ETIMEOUT' }, failure: 'timeout', message: /15 s/ },
    { what: 'a login without a number', error: { code: 'ELOGIN' }, failure: 'wrong_password', message: /refused/ },
    { what: 'a closed connection', error: { code: 'ECONNCLOSED' }, failure: 'unreachable', message: /closed/ },
  ])('is known by $what', ({ error, failure, message }) => {
    const driver = Object.assign(new Error('hunter2'), {
      code: 'ESOCKET',
      originalError: Object.assign(new Error(), error),
    });
    const told = sourceError(new LoginError([], driver), where);
    expect(told).toMatchObject({ failure, message: expect.stringMatching(message) });
  });

  it.each([
    { message: 'self-signed certificate in certificate chain', fix: /tls_ca_file/ },
    { message: "Server requires encryption, set 'encrypt' config option to true.", fix: /tls: require/ },
    { message: 'Server does not support encryption', fix: /tls: off/ },
    { message: 'Failed to connect to db:1433 in 10000ms', fix: /host and port/ },
  ])('is known by its words: $message', ({ message, fix }) => {
    const told = sourceError(new LoginError([], new Error('outer', { cause: new Error(message) })), where);
    expect(told).toMatchObject({ failure: 'unreachable', fix: expect.stringMatching(fix) });
  });

  it.each([undefined, null, 'text', 7, {}, new Error('hunter2'), { number: 'x' }])('is told even for %p', (error) => {
    const told = sourceError(error, where);
    expect(told).toBeInstanceOf(SqlServerError);
    expect(told.message).not.toContain('hunter2');
  });

  it('passes on what is explained already', () => {
    const told = new SourceError('denied', 'm', 'f');
    expect(sourceError(told, where)).toBe(told);
  });
});

describe('The real driver', () => {
  it.each([
    { what: 'a closed port', over: { port: 1 }, message: /refuses connections/ },
    {
      what: 'an unknown host',
      over: { host: 'no-such-host.invalid' },
      message: /not a known host|cannot be looked up/,
    },
  ])('explains $what and how to mend it', async ({ over, message }) => {
    const failed = engine.connect(target({ ...over, password: 'hunter2', tls: 'require' }));
    await expect(failed).rejects.toMatchObject({ failure: 'unreachable', message: expect.stringMatching(message) });
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });

  it('says which file of the TLS authority cannot be read', async () => {
    const settings = {
      application_name: 'x',
      connect_timeout_ms: 1,
      request_timeout_ms: 1,
      has_read_only_intent: false,
    };
    const failed = connectSession(target({ tls: 'verify', tls_ca_file: '/nowhere/ca.pem' }), settings);
    await expect(failed).rejects.toMatchObject({ message: expect.stringContaining('/nowhere/ca.pem') });
  });
});
