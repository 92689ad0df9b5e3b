/** @jest-environment node */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenerOf } from '../host/server/app.mjs';

interface Answer {
  readonly status: number;
  readonly body: string;
}
interface Exchange {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const token = 'a-secret-token';
const folder = mkdtempSync(join(tmpdir(), 'plumbline-host-'));
const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
let upstream: Server;
let host: Server;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) =>
  new Promise<Server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));

beforeAll(async () => {
  writeFileSync(join(folder, 'module.js'), '// the plugin');
  upstream = await listening(
    createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      if (body.startsWith('SELECT broken')) response.writeHead(400).end('Code: 62. DB::Exception: Syntax error');
      else if (body.startsWith('SELECT')) response.end('{"meta":[{"name":"one","type":"UInt8"}],"data":[{"one":1}]}');
      else response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
    }),
  );
  const url = `http://127.0.0.1:${portOf(upstream)}`;
  const plugin_json = { id: 'an-app', includes: [] };
  const headers = [{ name: 'Authorization', content: 'Bearer {{ .SecureJsonData.apiToken }}' }];
  const routes = [
    { path: 'api/v1/*', method: 'GET', url: '{{ .JsonData.apiUrl }}/api/v1', headers },
    { path: 'api/v1/things', method: 'POST', url: '{{ .JsonData.apiUrl }}/api/v1/things', headers },
    { path: 'nowhere', method: 'GET', url: 'http://127.0.0.1:9', headers },
  ];
  host = await listening(
    createServer(
      listenerOf({
        plugin_json,
        routes,
        grafana_version: '13.2.2',
        datasource_uid: 'ch',
        places: [['/public/plugins/an-app/', folder]],
        settings: { jsonData: { apiUrl: url }, secureJsonData: { apiToken: token } },
        clickhouse: { url, database: 'plumbline', user: 'u', password: 'p' },
      }),
    ),
  );
});
afterAll(() => {
  for (const server of [host, upstream]) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});
beforeEach(() => void seen.splice(0));

/** Not fetch: it writes its own Host and refuses to send another. */
const ask = ({ method = 'GET', path, headers = {}, body = '' }: Exchange) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: portOf(host), method, path, headers, agent: false },
      (response) => {
        let text = '';
        response.on('data', (part) => (text += String(part)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

const proxied = '/api/plugin-proxy/an-app/api/v1/';
const query = (rawSql: string) =>
  JSON.stringify({ queries: [{ refId: 'A', rawSql, format: 1 }], from: '1000', to: '2000' });

test.each(['evil.example', 'evil.example:3030', '127.0.0.1.evil.example', 'localhost.evil.example'])(
  'who comes for the host %s is refused, even for a page',
  async (name) => {
    for (const path of ['/', `${proxied}me`, '/public/plugins/an-app/module.js'])
      expect((await ask({ path, headers: { host: name } })).status).toBe(421);
    expect(seen).toEqual([]);
  },
);

test.each(['http://evil.example', 'https://127.0.0.1', 'http://127.0.0.1:1', 'null', 'not a url'])(
  'a page of %s cannot write, read by query, or change the settings',
  async (origin) => {
    for (const path of [`${proxied}things`, '/api/ds/query', '/api/plugins/an-app/settings'])
      expect((await ask({ method: 'POST', path, headers: { origin }, body: query('SELECT 1') })).status).toBe(403);
    expect(seen).toEqual([]);
  },
);

test('its own page may write, with the token and without its cookies', async () => {
  const own = `http://127.0.0.1:${portOf(host)}`;
  const headers = { origin: own, cookie: 'session=1', 'content-type': 'application/json' };
  const answer = await ask({ method: 'POST', path: `${proxied}things?a=1&b=%2F`, headers, body: '{"x":1}' });
  expect(answer).toEqual({ status: 201, body: '{"ok":true}' });
  expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/things?a=1&b=%2F', body: '{"x":1}' }]);
  expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-grafana-user': 'preview' });
  expect(seen[0]?.headers['cookie']).toBeUndefined();
});

test.each([
  ['a verb that no route has', 'DELETE', `${proxied}things`, 404],
  ['a path that no route has', 'POST', `${proxied}other`, 404],
  ['nothing behind the star', 'GET', proxied, 404],
  ['another plugin', 'GET', '/api/plugin-proxy/other-app/api/v1/me', 404],
  ['a part of Grafana that is not here', 'GET', '/api/dashboards/home', 404],
  ['an API that does not answer', 'GET', '/api/plugin-proxy/an-app/nowhere', 502],
  ['a file that is not there', 'GET', '/public/plugins/an-app/other.js', 404],
  ['a file above its folder', 'GET', '/public/plugins/an-app/..%2f..%2f..%2fetc%2fpasswd', 404],
  ['a file of a broken name', 'GET', '/public/plugins/an-app/%zz', 404],
])('%s is answered as such', async (_case, method, path, status) => {
  expect((await ask({ method, path })).status).toBe(status);
});

test('a body beyond the bound is refused', async () => {
  const answer = await ask({ method: 'POST', path: `${proxied}things`, body: 'x'.repeat(1_000_001) });
  expect(answer.status).toBe(413);
});

test('pages and settings say whether there is a token, never which', async () => {
  const page = await ask({ path: '/a/an-app/overview' });
  const settings = await ask({ path: '/api/plugins/an-app/settings' });
  expect(page.body).toContain('"apiToken":true');
  expect(page.body + settings.body).not.toContain(token);
  expect(JSON.parse(settings.body).secureJsonFields).toEqual({ apiToken: true });
});

test('the plugin is served as it was built', async () => {
  expect(await ask({ path: '/public/plugins/an-app/module.js' })).toEqual({ status: 200, body: '// the plugin' });
});

test('a query goes to ClickHouse with its macros written out, and comes back as a frame', async () => {
  const answer = await ask({ method: 'POST', path: '/api/ds/query', body: query('SELECT 1 WHERE t >= $__fromTime') });
  const [frame] = JSON.parse(answer.body).results.A.frames;
  expect([answer.status, frame.schema.fields[0].name, frame.data.values]).toEqual([200, 'one', [[1]]]);
  expect(seen[0]?.body).toBe('SELECT 1 WHERE t >= toDateTime(1) FORMAT JSON');
});

test.each([
  ['refuses a query', query('SELECT broken'), 'Syntax error'],
  ['does not know a macro', query('SELECT $__other'), 'unknown macro'],
])('when ClickHouse %s, the panel is told why', async (_case, body, words) => {
  const answer = await ask({ method: 'POST', path: '/api/ds/query', body });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).results.A.error).toContain(words);
});

test.each(['', '{', 'null', '{"queries":7}'])('the query %j is a bad request, not a fault', async (body) => {
  expect((await ask({ method: 'POST', path: '/api/ds/query', body })).status).toBe(400);
});
