import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SourceError, type Collected, type ConnectionTarget, type EngineConnection } from '@plumbline/contracts';
import { openConnection } from './connection.js';
import type { DremioOptions } from './options.js';
import { collectTools, quickPace, targetOf, testOptions } from './testing/tools.js';
import { DremioStandIn } from './testing/stand-in.js';
import type { Fault } from './testing/wire.js';

let stand_in: DremioStandIn;
let connection: EngineConnection | undefined;
beforeEach(async () => {
  stand_in = await DremioStandIn.start({ edition: 'software' });
});
afterEach(async () => {
  await connection?.close();
  connection = undefined;
  await stand_in.stop();
});

const tools = collectTools();
const login_page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };

async function connect(over: Partial<DremioOptions> = {}, target: Partial<ConnectionTarget> = {}) {
  connection = await openConnection(targetOf(stand_in, target), testOptions(over));
  return connection;
}

let added = 0;
function addRuns(count: number, over: object = {}): string[] {
  return Array.from({ length: count }, () => {
    const job_id = `run-${(added += 1)}`;
    const submitted_ms = Date.now();
    stand_in.runs.push({
      ...{ job_id, status: 'COMPLETED', query_type: 'JDBC', user_name: 'bi', query: 'SELECT a FROM t WHERE b = 42' },
      ...{ submitted_ms, final_ms: submitted_ms + 20, ...over },
    });
    return job_id;
  });
}

const toldBy = ({ rows }: Collected): string[] => (rows.query_runs ?? []).map(({ native_id }) => native_id).sort();

/** A baseline, then `count` runs, then `fault`; what the next reading tells. */
async function readWith(count: number, fault: () => void, over: Partial<DremioOptions> = {}) {
  const opened = await connect(over);
  const first = await opened.collect('runs', undefined, tools);
  const ids = addRuns(count).sort();
  fault();
  return { ids, read: () => opened.collect('runs', first.state, tools) };
}

describe('a fault that passes changes nothing of what is told', () => {
  const cases: readonly (readonly [string, () => void])[] = [
    ['the server forgets our session', () => stand_in.forgetSessions()],
    ['the server forgets our session between two pages', () => stand_in.fail(/results/, { status: 401 })],
    [
      '429 with Retry-After in seconds',
      () => stand_in.fail(/GET .*job/, { status: 429, headers: { 'retry-after': '7' } }),
    ],
    ['429 without Retry-After', () => stand_in.fail(/POST .*sql/, { status: 429 })],
    ['503 for a status', () => stand_in.fail(/GET .*job/, { status: 503 }, { status: 502 })],
    ['a results page that breaks off', () => stand_in.fail(/results/, { breaks: 'within' })],
    ['a connection closed before the answer', () => stand_in.fail(/GET .*job/, { breaks: 'before' })],
    ['pages with fewer rows than asked for', () => (stand_in.most_rows_per_page = 3)],
    ['a slow job', () => (stand_in.polls_per_job = 12)],
    ['an empty page before the end', () => stand_in.fail(/results/, { body: '{"rowCount":9,"schema":[],"rows":[]}' })],
  ];
  it.each(cases)('%s', async (_title, fault) => {
    const { ids, read } = await readWith(9, fault);
    expect(toldBy(await read())).toEqual(ids);
  });
});

describe('a fault that stays is told by what mends it, and the next reading tells every run', () => {
  const many = (fault: Fault): Fault[] => Array.from({ length: 40 }, () => fault);
  const cases: readonly (readonly [string, RegExp, Fault, string, RegExp])[] = [
    ['a proxy answers with its login page', /sql/, login_page, 'unreachable', /text\/html instead of JSON.*login page/],
    ['a proxy redirects', /sql/, { status: 302, headers: { location: '/sso' } }, 'unreachable', /another address/],
    ['500 for every status', /GET .*job/, { status: 500 }, 'unreachable', /answered 500 for job/],
    ['half a JSON text', /results/, { body: '{"rowCount": 3, "ro' }, 'broken', /not a JSON object/],
    ['JSON of another shape', /GET .*job/, { body: '{"hello":"world"}' }, 'broken', /job without a state/],
    ['rows that are no objects', /results/, { body: '{"schema":[],"rows":[1,2]}' }, 'broken', /no objects/],
    ['a submitted job without an id', /POST .*sql/, { body: '{}' }, 'broken', /without an id/],
    ['a coordinator that forgot our job', /GET .*job/, { status: 404 }, 'broken', /does not know our job/],
  ];
  it.each(cases)('%s', async (_title, pattern, fault, failure, message) => {
    const { ids, read } = await readWith(4, () => stand_in.fail(pattern, ...many(fault)));
    const error = await read().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ failure, message: expect.stringMatching(message) as unknown });
    expect((error as SourceError).fix).not.toBe('');
    stand_in.forgetFaults();
    expect(toldBy(await read())).toEqual(ids);
  });

  it('the rate limit never lifts: degraded, the state stays', async () => {
    const { ids, read } = await readWith(2, () => stand_in.fail(/sql/, ...many({ status: 429 })));
    const refused = await read();
    expect(refused.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('429') as unknown });
    stand_in.forgetFaults();
    expect(toldBy(await read())).toEqual(ids);
  });

  it('no privilege on the history: denied, with the grant', async () => {
    const { read } = await readWith(2, () =>
      stand_in.refusals.set('sys.jobs_recent', 'PERMISSION ERROR: not authorized'),
    );
    expect((await read()).outcome).toMatchObject({
      state: 'denied',
      fix: expect.stringContaining('GRANT VIEW JOB HISTORY ON SYSTEM TO USER "monitor"') as unknown,
    });
  });

  it('a job that does not end is canceled on the source', async () => {
    const { read } = await readWith(1, () => (stand_in.polls_per_job = 10_000), { job_timeout_ms: 20_000 });
    await expect(read()).rejects.toMatchObject({
      failure: 'timeout',
      message: expect.stringContaining('20 s') as unknown,
    });
    expect(stand_in.canceled).toHaveLength(1);
  });

  it('a reading that is given up cancels its job', async () => {
    const giving_up = new AbortController();
    const opened = await connect({
      pace: { ...quickPace(), wait: () => (giving_up.abort(), Promise.reject(new Error())) },
    });
    stand_in.polls_per_job = 3;
    const reading = opened.collect('runs', undefined, { ...tools, abort: giving_up.signal });
    await expect(reading).rejects.toMatchObject({ failure: 'timeout' });
    expect(stand_in.canceled).toHaveLength(1);
  });
});

describe('pace', () => {
  it('Retry-After is honoured, by everybody who asks', async () => {
    const pace = quickPace();
    const { read } = await readWith(1, () => stand_in.fail(/sql/, { status: 429, headers: { 'retry-after': '20' } }), {
      pace,
    });
    await read();
    expect(Math.max(...pace.waits_ms)).toBeCloseTo(20_000, 0);
  });

  it('a Retry-After of minutes ends the reading, and nothing is asked before it is over', async () => {
    const pace = quickPace();
    const fault = { status: 429, headers: { 'retry-after': '600' } };
    const { ids, read } = await readWith(1, () => stand_in.fail(/sql/, fault), { pace });
    const refused = await read();
    expect(refused.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('600 s') as unknown });
    const asked = stand_in.requests.length;
    await pace.wait(560_000, tools.abort);
    expect((await read()).outcome.state).toBe('degraded');
    expect(stand_in.requests).toHaveLength(asked);
    await pace.wait(20_000, tools.abort);
    expect(toldBy(await read())).toEqual(ids);
  });

  it('polls ever more slowly', async () => {
    const pace = quickPace();
    const { read } = await readWith(1, () => (stand_in.polls_per_job = 20), { pace });
    await read();
    const polls = pace.waits_ms.slice(0, 20);
    expect(polls[0]).toBe(250);
    expect(polls.at(-1)).toBe(5_000);
  });
});

describe('sessions', () => {
  it('one login serves all readings, and ends with the connection', async () => {
    const opened = await connect();
    await Promise.all([1, 2, 3].map(() => opened.collect('runs', undefined, tools)));
    expect(stand_in.logins).toBe(1);
    await opened.close();
    connection = undefined;
    expect(stand_in.requests.at(-1)).toBe('DELETE /apiv2/login');
  });

  it('a session is renewed before it ends', async () => {
    const pace = quickPace();
    stand_in.session_ms = 100_000;
    const opened = await connect({ pace });
    await pace.wait(81_000, tools.abort);
    await opened.collect('runs', undefined, tools);
    expect(stand_in.logins).toBe(2);
  });

  it('a password that is refused in mid-run is not tried again and again', async () => {
    const opened = await connect();
    const login = { status: 401 };
    stand_in.forgetSessions();
    stand_in.fail(/POST .*login/, login, login, login);
    await expect(opened.collect('runs', undefined, tools)).rejects.toMatchObject({ failure: 'wrong_password' });
    await expect(opened.collect('runs', undefined, tools)).rejects.toMatchObject({
      message: expect.stringContaining('no new login') as unknown,
    });
    expect(stand_in.requests.filter((line) => line.startsWith('POST /apiv2/login'))).toHaveLength(2);
  });
});
