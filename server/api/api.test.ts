import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { api_routes, encodeRow, problem_json_schema, utc } from '@plumbline/contracts';
import type { Recommendation, Role } from '@plumbline/contracts';
import fc from 'fast-check';
import { all_callers, openApiUnderTest, test_engine } from '../testing/api-under-test.js';
import type { ApiUnderTest } from '../testing/api-under-test.js';
import type { Exchange } from '../testing/http-client.js';

let api: ApiUnderTest;
const service = { label: 'Service', description: 'as in the listener' };
const licensed = { name: 'is_licensed', label: 'Licensed', description: '', kind: 'switch' } as const;
const oracle = {
  id: 'oracle',
  label: 'Oracle',
  default_port: 1521,
  database_field: service,
  option_fields: [licensed],
};
beforeAll(async () => void (api = await openApiUnderTest({ engines: [test_engine, oracle] })));
afterAll(() => api.close());

const prefix = '/api/v1';
const pathOf = (path: string) =>
  prefix +
  path
    .replace(':name', 'fleet')
    .replace(/:\w+_id/, 'nothing')
    .replace(':query_hash', '0123456789abcdef');
const span = 'from=2026-11-21T00:00:00Z&to=2026-11-21T01:00:00Z';
const shop = {
  name: 'shop',
  engine: 'postgresql',
  host: 'db',
  database_name: 'shop',
  user_name: 'plumbline',
  password: 'never-to-be-seen',
};
const minutesAgo = (minutes: number) => utc(new Date(Date.now() - minutes * 60_000));

describe('what the API offers', () => {
  it('is exactly what the contract names', async () => {
    const { paths } = (await api.ask('viewer', { url: `${prefix}/openapi.json` })).json();
    const offered = Object.entries(paths as Record<string, object>)
      .filter(([path]) => path.startsWith(prefix))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const agreed = api_routes.map(({ method, path }) => `${method} ${prefix}${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(offered.sort()).toEqual(agreed.sort());
  });

  it('is described in OpenAPI with its bodies', async () => {
    const document = (await api.ask('viewer', { url: `${prefix}/openapi.json` })).json();
    expect(document.openapi).toBe('3.1.0');
    const body = document.paths[`${prefix}/instances`].post.requestBody.content['application/json'].schema;
    expect(body.required).toEqual(expect.arrayContaining(['name', 'engine', 'host']));
  });
});

describe('who may call what', () => {
  const order: readonly (Role | 'nobody')[] = all_callers;
  const cases = api_routes.flatMap((route) => all_callers.map((caller) => ({ ...route, caller })));
  it.each(cases)('$caller $method $path', async ({ method, path, role, caller }) => {
    const answer = await api.ask(caller, { method, url: pathOf(path), ...(method === 'GET' ? {} : { payload: {} }) });
    const may = order.indexOf(caller) >= order.indexOf(role);
    if (may) expect([401, 403]).not.toContain(answer.statusCode);
    else expect(answer.statusCode).toBe(caller === 'nobody' ? 401 : 403);
    expect(answer.statusCode).toBeLessThan(500);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic dmlld2Vy', 'Bearer nope', 'Bearer a b'])(
    'the header "%s" is nobody',
    async (authorization) => {
      const answer = await api.ask('nobody', { url: `${prefix}/me`, headers: { authorization } });
      expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="plumbline"']);
    },
  );

  it('answers probes without a token, and metrics on loopback', async () => {
    for (const url of ['/health', '/ready', '/metrics'])
      expect((await api.ask('nobody', { url })).statusCode).toBe(200);
    const metrics = await api.ask('nobody', { url: '/metrics' });
    expect(metrics.body).toContain('plumbline_api_request_seconds_bucket');
  });
});

describe('a request that is wrong', () => {
  const json = { 'content-type': 'application/json' };
  const post = { method: 'POST', url: `${prefix}/instances` } as const;
  const cases: readonly (readonly [string, Exchange, number, string[]])[] = [
    ['is not JSON', { ...post, headers: json, payload: '{"name":' }, 400, []],
    ['hides a prototype', { ...post, headers: json, payload: '{"__proto__":{"a":1}}' }, 400, []],
    ['is not an object', { ...post, headers: json, payload: '[]' }, 422, ['(the whole)']],
    ['has no body', { ...post }, 422, ['name', 'engine', 'host', 'database_name', 'user_name']],
    ['is XML', { ...post, headers: { 'content-type': 'text/xml' }, payload: '<a/>' }, 415, []],
    ['is too large', { ...post, headers: json, payload: `"${'x'.repeat(300_000)}"` }, 413, []],
    [
      'has wrong fields',
      { ...post, payload: { ...shop, name: 'A B', port: 'x', tsl: 'off' } },
      422,
      ['name', 'port', 'tsl'],
    ],
    ['has an unknown engine', { ...post, payload: { ...shop, engine: 'postgresq' } }, 422, ['engine']],
    [
      'carries a foreign record',
      { ...post, payload: { ...shop, credential: { encrypted: 'x', key_id: 'y' } } },
      422,
      ['credential'],
    ],
    ['asks for our own key', { ...post, payload: { ...shop, credential: 'env:PLUMBLINE_KEY' } }, 422, ['credential']],
    ['names no path', { url: `${prefix}/nothing` }, 404, []],
    ['names no view', { url: `${prefix}/views/flet` }, 404, ['name']],
    ['takes another method', { method: 'PUT', url: `${prefix}/instances` }, 405, []],
    ['has a broken path', { url: `${prefix}/views/%zz` }, 400, []],
    ['has a NUL in its path', { url: `${prefix}/views/a%00b` }, 404, ['name']],
    ['asks a view for nothing', { url: `${prefix}/views/fleet` }, 422, ['from', 'to']],
    ['asks a view for too much', { url: `${prefix}/views/fleet?${span}&limt=3` }, 422, ['limt']],
    [
      'asks a span backwards',
      { url: `${prefix}/views/fleet?to=2026-11-21T00:00:00Z&from=2026-11-21T01:00:00Z` },
      422,
      ['to'],
    ],
    ['asks no time', { url: `${prefix}/views/fleet?from=now&to=9999-01-01` }, 422, ['from', 'to']],
    ['asks a limit of text', { url: `${prefix}/views/query_top?instance_id=&${span}&limit=all` }, 422, ['limit']],
    [
      'asks a step of nothing',
      { url: `${prefix}/views/instance_series?instance_id=&${span}&step_s=0` },
      422,
      ['step_s'],
    ],
    [
      'asks a million points',
      { url: `${prefix}/views/instance_series?instance_id=&from=2016-11-21&to=2026-11-21&step_s=1` },
      422,
      ['step_s'],
    ],
    ['gives a parameter twice', { url: `${prefix}/views/fleet?${span}&from=2026-11-21` }, 422, ['from']],
    [
      'answers what is not there',
      { method: 'POST', url: `${prefix}/recommendations/x/events`, payload: { kind: 'accepted' } },
      404,
      ['recommendation_id'],
    ],
    [
      'answers in no known way',
      { method: 'POST', url: `${prefix}/regressions/x/events`, payload: { kind: 'fixed' } },
      422,
      ['kind'],
    ],
    [
      'opts out without a reason',
      { method: 'POST', url: `${prefix}/regressions/x/events`, payload: { kind: 'opted_out' } },
      422,
      ['note'],
    ],
  ];
  it.each(cases)('%s: answered in problem+json that names the fields', async (_title, request, status, fields) => {
    const answer = await api.ask('admin', request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = problem_json_schema.parse(answer.json());
    expect([answer.statusCode, problem.status]).toEqual([status, status]);
    expect(problem.problems.map(({ field }) => field)).toEqual(fields);
    for (const { mend } of problem.problems) expect(mend.length).toBeGreaterThan(3);
  });

  it('that is no HTTP is answered in problem+json too', async () => {
    const socket = connect(api.port, '127.0.0.1', () => socket.write('what is this\r\n\r\n'));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request[^]*application\/problem\+json/);
    expect(problem_json_schema.parse(JSON.parse(body)).status).toBe(400);
  });

  it('tells which methods a path takes', async () => {
    expect((await api.ask('admin', { method: 'PUT', url: `${prefix}/instances` })).headers.allow).toBe('GET, POST');
  });
});

describe('views', () => {
  it('answer with named, typed columns also when there are no rows', async () => {
    const answer = (await api.ask('viewer', { url: `${prefix}/views/fleet?${span}` })).json();
    expect(answer.rows).toEqual([]);
    expect(answer.columns).toEqual(expect.arrayContaining([{ name: 'calls', type: 'Float64' }]));
  });

  it('cannot be made to say something else by what is asked', async () => {
    for (const text of ["' OR 1=1 --", '\\', "x'); DROP TABLE queries; --", '{a:String}', '\n\n', '🙂']) {
      const answer = await api.ask('viewer', {
        url: `${prefix}/views/aspects_latest?instance_id=${encodeURIComponent(text)}`,
      });
      expect([answer.statusCode, answer.json().rows]).toEqual([200, []]);
    }
  });
});

describe('engines', () => {
  it('are told by their labels in order, each with its port and the fields of its own', async () => {
    const answer = await api.ask('viewer', { url: `${prefix}/engines` });
    const a_database = { label: 'Database', description: '' };
    expect(answer.json()).toEqual([
      oracle,
      {
        id: 'postgresql',
        label: 'PostgreSQL',
        default_port: 5432,
        database_field: a_database,
        option_fields: [],
      },
    ]);
  });
});

describe('instances', () => {
  it('are added, listed without a credential, edited, collected and removed', async () => {
    const added = await api.ask('admin', {
      method: 'POST',
      url: `${prefix}/instances`,
      payload: { ...shop, enabled: false },
    });
    expect([added.statusCode, added.json().has_credential]).toEqual([201, true]);
    const edited = await api.ask('admin', {
      method: 'PATCH',
      url: `${prefix}/instances/shop`,
      payload: { host: 'db2' },
    });
    // Editing the host is no wish to enable it or to set its interval back.
    expect(edited.json()).toMatchObject({ host: 'db2', enabled: false });
    const off = await api.ask('operator', { method: 'POST', url: `${prefix}/instances/shop/collect` });
    expect(off.statusCode).toBe(422);
    await api.ask('admin', { method: 'PATCH', url: `${prefix}/instances/shop`, payload: { enabled: true } });
    expect((await api.ask('operator', { method: 'POST', url: `${prefix}/instances/shop/collect` })).statusCode).toBe(
      200,
    );
    expect(
      (await api.ask('operator', { method: 'POST', url: `${prefix}/instances/shop/test` })).json().checkups,
    ).toHaveLength(1);
    const twice = await api.ask('admin', { method: 'POST', url: `${prefix}/instances`, payload: shop });
    expect(twice.statusCode).toBe(409);
    const listed = await api.ask('viewer', { url: `${prefix}/instances` });
    expect(listed.json()).toHaveLength(1);
    expect(added.body + edited.body + listed.body).not.toMatch(/never-to-be-seen|encrypted/);
    expect((await api.ask('admin', { method: 'DELETE', url: `${prefix}/instances/shop` })).statusCode).toBe(200);
    expect((await api.ask('admin', { method: 'DELETE', url: `${prefix}/instances/shop` })).statusCode).toBe(404);
    expect(api.collected).toEqual([
      'add shop',
      'update shop',
      'forget shop',
      'update shop',
      'forget shop',
      'collect shop',
      'remove shop',
      'forget shop',
    ]);
  });
});

describe('answers to recommendations and regressions', () => {
  const recommendation_id = '00000000000000aa';
  const regression_id = '00000000000000bb';
  const answer = (kind: string, more: object = {}, headers = {}) =>
    api.ask('operator', {
      method: 'POST',
      url: `${prefix}/recommendations/${recommendation_id}/events`,
      payload: { kind, ...more },
      headers,
    });

  beforeAll(async () => {
    const payload = {
      recommendation_id,
      instance_id: 'shop',
      detector: 'missing_index',
      action: { kind: 'create_index' },
    } as Partial<Recommendation>;
    const proposed = {
      recommendation_id,
      instance_id: 'shop',
      kind: 'proposed',
      occurred_at: minutesAgo(30),
      actor: 'plumbline',
      note: '',
      payload: JSON.stringify(payload),
    };
    await api.store.store.insert('recommendation_events', encodeRow(proposed), { token: 'proposed' });
    const opened = {
      regression_id,
      instance_id: 'shop',
      query_hash: '0123456789abcdef',
      kind: 'opened',
      occurred_at: minutesAgo(30),
      actor: 'plumbline',
      note: '',
      payload: JSON.stringify({ regression_id, instance_id: 'shop', cause: {} }),
    };
    await api.store.store.insert('regression_events', encodeRow(opened), { token: 'opened' });
  });

  const stateNow = async () =>
    (await api.store.ask('recommendations_latest', { instance_id: '', state: '' })).find(
      (row) => row.recommendation_id === recommendation_id,
    )?.state;

  it('are appended with who gave them, and become the state', async () => {
    expect((await answer('accepted', { note: "it's fine\n\nreally" }, { 'x-grafana-user': 'ada' })).statusCode).toBe(
      201,
    );
    expect(await stateNow()).toBe('accepted');
    const history = await api.store.ask('recommendation_history', { recommendation_id });
    expect(history).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'accepted', actor: 'ada (operator)', note: "it's fine\n\nreally" }),
      ]),
    );
    expect(api.log_lines.join('')).toMatch(/"actor":"ada \(operator\)"[^\n]*"msg":"audit"/);
  });

  it('are refused when they do not follow on the state', async () => {
    const refused = await answer('accepted');
    expect([refused.statusCode, refused.json().problems[0].message]).toEqual([409, 'does not follow on accepted']);
  });

  it('may say when a fix was applied, but not in the future nor before it was proposed', async () => {
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    for (const occurred_at of [at(-10), at(60)])
      expect((await answer('applied', { occurred_at })).statusCode).toBe(422);
    expect((await answer('applied', { occurred_at: at(10) })).statusCode).toBe(201);
    expect(await stateNow()).toBe('applied');
  });

  it('acknowledge a regression', async () => {
    const url = `${prefix}/regressions/${regression_id}/events`;
    expect((await api.ask('operator', { method: 'POST', url, payload: { kind: 'acknowledged' } })).statusCode).toBe(
      201,
    );
    const [row] = await api.store.ask('regressions_latest', { instance_id: 'shop', state: 'acknowledged' });
    expect(row?.regression_id).toBe(regression_id);
  });
});

// As a client would have to send it: lone halves of a surrogate pair have no UTF-8.
const wellFormed = (text: string) => Buffer.from(text).toString();

describe('whatever is sent', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('', '0', '-1', '1e309', 'NaN', '9'.repeat(400)),
  );
  const paths = fc.constantFrom(...api_routes);
  it('is never answered with a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        paths,
        anything,
        anything,
        fc.jsonValue({ maxDepth: 3 }),
        fc.boolean(),
        async (route, id, text, body, raw) => {
          const path = prefix + route.path.replace(/:\w+/g, () => encodeURIComponent(wellFormed(id)) || '-');
          const query = new URLSearchParams({ from: wellFormed(text), instance_id: wellFormed(id) }).toString();
          const answer = await api.ask('admin', {
            method: route.method,
            url: `${path}?${query}`,
            ...(route.method === 'GET'
              ? {}
              : { headers: { 'content-type': 'application/json' }, payload: raw ? text : JSON.stringify(body) }),
          });
          expect(answer.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);

  it('as a view parameter is refused or answered', async () => {
    const views = [...api.store.views.values()];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...views), anything, async (view, text) => {
        const known: Record<string, string> = { from: '2026-11-21', to: '2026-11-22', step_s: '60', limit: '5' };
        const query = new URLSearchParams(
          [...view.params.keys()].map((name): [string, string] => [name, known[name] ?? wellFormed(text)]),
        );
        const answer = await api.ask('viewer', { url: `${prefix}/views/${view.name}?${query.toString()}` });
        expect([200, 422]).toContain(answer.statusCode);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe('the log', () => {
  it('has no token, no password and no query string of any request made here', () => {
    const lines = api.log_lines.join('');
    expect(lines.length).toBeGreaterThan(1000);
    for (const role of ['viewer', 'operator', 'admin'] as const) expect(lines).not.toContain(api.tokenOf(role));
    expect(lines).not.toMatch(/never-to-be-seen|DROP TABLE/);
  });
});
