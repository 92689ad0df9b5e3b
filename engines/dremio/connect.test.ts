import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { openConnection } from './connection.js';
import { collectTools, targetOf, testOptions } from './testing/tools.js';
import { selfSigned } from './testing/certificate.js';
import { cloud_token, DremioStandIn, password } from './testing/stand-in.js';

const tools = collectTools();
const login_page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };

describe('connecting', () => {
  let stand_in: DremioStandIn;
  beforeEach(async () => {
    stand_in = await DremioStandIn.start({ edition: 'software' });
  });
  afterEach(() => stand_in.stop());
  const refused = async (target: Partial<ConnectionTarget>): Promise<SourceError> => {
    const error: unknown = await openConnection(targetOf(stand_in, target), testOptions()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SourceError);
    expect(JSON.stringify([(error as Error).message, (error as SourceError).fix])).not.toContain(password);
    return error as SourceError;
  };

  it('with a password, and the login tells the version', async () => {
    const opened = await openConnection(targetOf(stand_in), testOptions());
    expect(opened.server_version).toBe('25.2.0');
    await opened.close();
  });
  it('a version that is not shown to a token is no reason to fail', async () => {
    stand_in.refusals.set('sys.version', 'PERMISSION ERROR');
    const target = targetOf(stand_in, { user_name: '$token', password: cloud_token });
    const opened = await openConnection(target, testOptions());
    expect(opened.server_version).toBe('');
    await opened.close();
  });
  it('with an access token no login is asked for, but the version is', async () => {
    const target = targetOf(stand_in, { user_name: '$token', password: cloud_token });
    const opened = await openConnection(target, testOptions());
    expect((await opened.collect('runs', undefined, tools)).outcome.state).toBe('ok');
    await opened.close();
    expect([stand_in.logins, opened.server_version]).toEqual([0, '25.2.0']);
  });
  it('a wrong password', async () => {
    const error = await refused({ password: 'wrong' });
    expect(error).toMatchObject({ failure: 'wrong_password', fix: expect.stringContaining('$token') as unknown });
  });
  it('a wrong access token', async () => {
    const error = await refused({ user_name: '$token', password: 'wrong' });
    expect(error).toMatchObject({ failure: 'wrong_password', message: expect.stringContaining('expired') as unknown });
  });
  it('nobody listens', async () => {
    const error = await refused({ port: 1 });
    expect(error).toMatchObject({ failure: 'unreachable', message: expect.stringContaining('refuses') as unknown });
  });
  it('TLS to a server without it', async () => {
    const error = await refused({ tls: 'verify' });
    expect(error).toMatchObject({ failure: 'unreachable', fix: expect.stringContaining('tls: off') as unknown });
  });
  it('another service that speaks JSON', async () => {
    stand_in.fail(/login/, { body: '{"token":"x"}' });
    stand_in.fail(/catalog/, { status: 404 });
    const error = await refused({});
    expect(error.message).toContain('not Dremio');
  });
  it('a login page at the login', async () => {
    stand_in.fail(/login/, login_page);
    expect((await refused({})).message).toContain('login page');
  });
  it('an authority file that is not there', async () => {
    expect((await refused({ tls: 'verify', tls_ca_file: '/no/such.pem' })).fix).toContain('tls_ca_file');
  });
  it.each([
    [{ colour: 'red' }, /"colour" of this instance is not known/],
    [{ backfill_h: 1e9 }, /"backfill_h" of this instance is out of range/],
  ])('the option %j', async (options, message) => {
    expect((await refused({ options })).message).toMatch(message);
  });
});

describe('connecting to Dremio Cloud', () => {
  const certificate = selfSigned();
  afterAll(() => certificate.remove());
  let cloud: DremioStandIn;
  beforeEach(async () => {
    cloud = await DremioStandIn.start({ edition: 'cloud', tls: certificate });
  });
  afterEach(() => cloud.stop());
  const failing = (over: Partial<ConnectionTarget>) =>
    openConnection(targetOf(cloud, { tls_ca_file: certificate.ca_file, ...over }), testOptions()).then(
      () => undefined,
      (error: unknown) => error as SourceError,
    );

  it.each([
    ['a certificate that nobody vouches for', { tls_ca_file: undefined }, 'unreachable', /signed by itself/],
    [
      'it is checked even with tls: require',
      { tls_ca_file: undefined, tls: 'require' as const },
      'unreachable',
      /signed/,
    ],
    ['no TLS', { tls: 'off' as const }, 'unsupported', /over TLS only/],
    ['a project id that is none', { database_name: 'sales' }, 'no_database', /not one/],
    [
      'a project id of another',
      { database_name: '00000000-0c55-4c1b-9d0a-3a4b5c6d7e8f' },
      'no_database',
      /no such project/,
    ],
    ['a wrong token', { password: 'wrong' }, 'wrong_password', /access token/],
  ])('%s', async (_title, over, failure, message) => {
    expect(await failing(over)).toMatchObject({ failure, message: expect.stringMatching(message) as unknown });
  });

  it('repeats a submission under one requestId, so that it is billed once', async () => {
    const opened = await openConnection(targetOf(cloud, { tls_ca_file: certificate.ca_file }), testOptions());
    cloud.fail(/POST .*sql/, { breaks: 'after' }, { status: 503 });
    const { outcome } = await opened.collect('runs', undefined, tools);
    await opened.close();
    expect(outcome.state).toBe('ok');
    expect(cloud.requests.filter((line) => /POST .*sql/.test(line)).length).toBe(cloud.statements.length + 2);
    expect(new Set(cloud.statements).size).toBe(cloud.statements.length);
  });

  it.each(['verify', 'require'] as const)('Software over TLS with an authority of its own, tls: %s', async (tls) => {
    const software = await DremioStandIn.start({ edition: 'software', tls: certificate });
    const ca = tls === 'verify' ? { tls_ca_file: certificate.ca_file } : {};
    const opened = await openConnection(targetOf(software, { tls, ...ca }), testOptions());
    const connection = (await opened.checkup()).filter(({ aspect }) => aspect === 'connection');
    expect(connection.map(({ outcome }) => outcome.state)).toEqual(tls === 'verify' ? ['ok'] : ['ok', 'degraded']);
    await opened.close();
    await software.stop();
  });
});
