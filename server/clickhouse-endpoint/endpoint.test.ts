import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStore } from '@plumbline/clickhouse';
import type { ChdbStore } from '@plumbline/clickhouse/chdb/chdb-store';
import { storeContract } from '@plumbline/clickhouse/store.contract';
import { harmless_table_functions, gateStatement } from './statement-gate.js';
import { helloAnswer } from './hello.js';
import { startClickHouseEndpoint } from './endpoint.js';
import type { ClickHouseEndpoint, EndpointOptions } from './endpoint.js';

const path = mkdtempSync(join(tmpdir(), 'plumbline-endpoint-'));
let store: ChdbStore;
let endpoint: ClickHouseEndpoint;
let url: string;

const start = (options: Partial<EndpointOptions> = {}): Promise<ClickHouseEndpoint> =>
  startClickHouseEndpoint({
    store,
    port: 0,
    authenticate: (user, password) => (user === 'grafana' && password === 'let me in' ? 'viewer' : undefined),
    limits: { max_execution_time_s: 2, max_result_rows: 100_000, max_body_bytes: 100_000 },
    log: () => undefined,
    ...options,
  });

beforeAll(async () => {
  store = (await openStore(`chdb://${path}`)) as ChdbStore;
  endpoint = await start();
  url = `http://127.0.0.1:${endpoint.port}/`;
});
afterAll(async () => {
  await endpoint.close();
  await store.close();
  rmSync(path, { recursive: true });
});

// Over our own endpoint in its test-only writable mode: no ClickHouse server binary is at hand.
storeContract('over HTTP', async () => {
  const writable = await start({ ungated_for_tests: true, limits: { max_body_bytes: 10_000_000 } });
  const over_http = await openStore(`http://grafana:let%20me%20in@127.0.0.1:${writable.port}/plumbline`);
  const close = async (): Promise<void> => {
    await over_http.close();
    await writable.close();
  };
  return { store: over_http, close };
});

const authorization = `Basic ${Buffer.from('grafana:let me in').toString('base64')}`;
const post = (sql: string, query = '', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}?${query}`, { method: 'POST', body: sql, headers: { authorization, ...headers } });

async function curl(...args: readonly string[]): Promise<string> {
  const child = spawn('curl', ['-s', ...args]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((done) => child.once('close', done));
  return text;
}

test('curl gets an answer, by POST, by address and compressed', async () => {
  expect(await curl('-u', 'grafana:let me in', url, '--data-binary', 'SELECT 1 + 1')).toBe('2\n');
  expect(await curl('-u', 'grafana:let me in', `${url}?query=SELECT%203%20FORMAT%20JSONEachRow`)).toBe('{"3":3}\n');
  const many = await curl(
    '-u',
    'grafana:let me in',
    '--compressed',
    url,
    '--data-binary',
    'SELECT number FROM numbers(5000)',
  );
  expect(many.split('\n')).toHaveLength(5001);
  expect(await curl(`${url}ping`)).toBe('Ok.\n');
});

test('the official client gets rows, parameters and typed errors', async () => {
  const client = createClient({ url, username: 'grafana', password: 'let me in', database: 'plumbline' });
  expect((await client.ping()).success).toBe(true);
  const odd = "it's \\ \t\n {x}";
  const answer = await client.query({
    query: 'SELECT {text:String} AS text, {ids:Array(UInt32)} AS ids',
    query_params: { text: odd, ids: [1, 2] },
    format: 'JSONEachRow',
  });
  expect(await answer.json()).toEqual([{ text: odd, ids: [1, 2] }]);
  await expect(client.query({ query: 'SELECT * FROM nothing_here' })).rejects.toMatchObject({ code: '60' });
  await expect(client.query({ query: 'SELECT throwIf(number = 90000) FROM numbers(99000)' })).rejects.toMatchObject({
    code: '395',
  });
  await client.close();
});

test('a statement that fails midway leaves nothing in the next answer', async () => {
  await post('SELECT throwIf(number = 90000), number FROM numbers(99000)');
  expect(await (await post('SELECT 1')).text()).toBe('1\n');
});

test.each([
  ['no credentials', {}, 403],
  ['a wrong password', { authorization: `Basic ${Buffer.from('grafana:guess').toString('base64')}` }, 403],
  ["ClickHouse's own headers", { 'x-clickhouse-user': 'grafana', 'x-clickhouse-key': 'let me in' }, 200],
])('with %s', async (_case, headers, status) => {
  const response = await fetch(url, { method: 'POST', body: 'SELECT 1', headers: headers as Record<string, string> });
  const text = await response.text();
  expect(response.status).toBe(status);
  if (status === 403) expect(response.headers.get('x-clickhouse-exception-code')).toBe('516');
  expect(text).not.toContain('guess');
});

test.each([
  ['a write', 'CREATE TABLE t (a UInt8) ENGINE = Memory', '', 403, '497'],
  ['a file', "SELECT file('/etc/passwd')", '', 403, '497'],
  ['a settings clause over the limits', 'SELECT 1 SETTINGS max_execution_time = 1000', '', 403, '164'],
  ['a syntax error', 'SELECT FROM WHERE', '', 400, '62'],
  ['an unknown table', 'SELECT * FROM nowhere', '', 404, '60'],
  ['another database', 'SELECT 1', 'database=system', 404, '81'],
  ['too many rows', 'SELECT number FROM numbers(1000000)', '', 500, '396'],
  ['too many rows whatever the client asks', 'SELECT number FROM numbers(1000000)', 'max_result_rows=0', 500, '396'],
  ['too long', 'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))', '', 500, '159'],
])('%s is refused with its status and code', async (_case, sql, query, status, code) => {
  const response = await post(sql, query);
  const text = await response.text();
  expect({ status: response.status, code: response.headers.get('x-clickhouse-exception-code') }).toEqual({
    status,
    code,
  });
  expect(text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `));
});

test('INTO OUTFILE writes nothing', async () => {
  const target = join(path, 'stolen');
  expect((await post(`SELECT 1 INTO OUTFILE '${target}'`)).status).toBe(403);
  expect(existsSync(target)).toBe(false);
});

test('a quoted file name is a table that is not there, not a file', async () => {
  expect((await post("SELECT * FROM '/etc/passwd'")).status).toBeGreaterThanOrEqual(400);
  expect((await post('SELECT * FROM `/etc/passwd`')).status).toBe(404);
});

test('unknown settings are dropped and readonly cannot be lifted', async () => {
  const response = await post(
    "SELECT getSetting('readonly'), getSetting('max_execution_time')",
    'readonly=0&session_id=x&nonsense=1&max_execution_time=1',
  );
  expect(await response.text()).toBe('1\t1\n');
});

test('a gzip body is read, one too large and one not gzip are refused', async () => {
  const zipped = (text: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: new Uint8Array(gzipSync(text)),
      headers: { authorization, 'content-encoding': 'gzip' },
    });
  expect(await (await zipped('SELECT 7')).text()).toBe('7\n');
  expect((await zipped(`SELECT '${'x'.repeat(200_000)}'`)).status).toBe(400);
  expect((await post('SELECT 1', '', { 'content-encoding': 'gzip' })).status).toBe(400);
  expect((await post('SELECT 1', '', { 'content-encoding': 'lzma' })).status).toBe(415);
  expect((await post(`SELECT '${'x'.repeat(200_000)}'`)).status).toBe(413);
});

test.each([
  ['another path', 'GET', 'dashboard', 404],
  ['another method', 'PUT', '', 405],
])('%s is refused', async (_case, method, at, status) => {
  expect((await fetch(`${url}${at}`, { method, headers: { authorization } })).status).toBe(status);
});

test('the answer says its format, time zone and query id', async () => {
  const response = await post('SELECT 1 AS a', 'default_format=JSONEachRow&query_id=mine');
  expect(response.headers.get('x-clickhouse-format')).toBe('JSONEachRow');
  expect(response.headers.get('x-clickhouse-timezone')).toBe('UTC');
  expect(response.headers.get('x-clickhouse-query-id')).toBe('mine');
});

test("the first statement of Grafana's client is answered in the layout of revision 54460, announcing revision 0", async () => {
  const sql = 'SELECT displayName(), version(), revision(), timezone()';
  const bytes = Buffer.from(
    await (await post(sql, 'client_protocol_version=54460&default_format=Native')).arrayBuffer(),
  );
  const [engine] = await store.query<{ version: string }>('SELECT version() AS version');
  expect(decodeHello(bytes)).toEqual({
    'displayName()': 'plumbline',
    'version()': engine?.version,
    'revision()': 0,
    'timezone()': 'UTC',
  });
});

test('the first answer, byte by byte', () => {
  const column = (name: string, type: string, value: string): string =>
    hex(String.fromCharCode(name.length) + name + String.fromCharCode(type.length) + type) + '00' + value;
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  expect(helloAnswer('p', '26.7').toString('hex')).toBe(
    '0100' +
      '02ffffffff' +
      '00' +
      '04' +
      '01' +
      column('displayName()', 'String', hex('\x01p')) +
      column('version()', 'String', hex('\x0426.7')) +
      column('revision()', 'UInt32', '00000000') +
      column('timezone()', 'String', hex('\x03UTC')),
  );
});

/** Reads one Native block of revision 54460: block information, then columns each with a flag byte. */
function decodeHello(bytes: Buffer): Record<string, string | number> {
  let at = 0;
  const byte = (): number => bytes[at++] ?? -1;
  const text = (): string => {
    const length = byte();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  expect([byte(), byte(), byte()]).toEqual([1, 0, 2]);
  expect(bytes.readInt32LE(at)).toBe(-1);
  at += 4;
  expect([byte(), byte(), byte()]).toEqual([0, 4, 1]);
  const row: Record<string, string | number> = {};
  for (let column = 0; column < 4; column += 1) {
    const name = text();
    const type = text();
    expect(byte()).toBe(0);
    if (type === 'String') row[name] = text();
    else {
      row[name] = bytes.readUInt32LE(at);
      at += 4;
    }
  }
  expect(at).toBe(bytes.length);
  return row;
}

test('every table function of the engine is known to be harmless or refused', async () => {
  const rows = await store.query<{ name: string }>('SELECT name FROM system.table_functions');
  const reachable = rows
    .map(({ name }) => name)
    .filter((name) => {
      try {
        gateStatement(`SELECT * FROM ${name}('x')`);
        return !harmless_table_functions.has(name.toLowerCase());
      } catch {
        return false;
      }
    });
  expect(reachable).toEqual(['SQLStandardValues']);
});

test('a client that goes away stops its statement', async () => {
  const leave = new AbortController();
  const sql = 'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number, 77))';
  const asking = fetch(url, { method: 'POST', body: sql, headers: { authorization }, signal: leave.signal });
  setTimeout(() => leave.abort(), 200);
  await expect(asking).rejects.toThrow();
  const running = async (): Promise<number> =>
    (await store.query("SELECT 1 FROM system.processes WHERE query LIKE '%, 77)%' AND query NOT LIKE '%processes%'"))
      .length;
  const started = Date.now();
  while ((await running()) > 0 && Date.now() - started < 1_500) await new Promise((go) => setTimeout(go, 25));
  expect(await running()).toBe(0);
});

test('slows down who guesses passwords, and tells of every answer', async () => {
  const answered: number[] = [];
  const guarded = await start({ onAnswered: (status) => answered.push(status) });
  const ask = async (password: string): Promise<number> => {
    const headers = { authorization: `Basic ${Buffer.from(`grafana:${password}`).toString('base64')}` };
    const address = `http://127.0.0.1:${guarded.port}/`;
    const { status, text } = await fetch(address, { method: 'POST', body: 'SELECT 1', headers }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
    );
    expect(text).toContain({ 200: '1', 403: 'Authentication failed', 429: 'too many wrong passwords' }[status] ?? '?');
    return status;
  };
  const guesses: number[] = [];
  for (let guess = 0; guess < 35; guess++) guesses.push(await ask(`guess ${guess}`));
  expect([guesses.indexOf(429), guesses.lastIndexOf(403)]).toEqual([30, 29]);
  expect(await ask('let me in')).toBe(200);
  expect(answered).toEqual([...guesses, 200]);
  await guarded.close();
});
