/**
 * A stand-in for the Plumbline server while no real one is given: the contract's routes over rows in memory, with token,
 * events and problem+json; and the few ClickHouse answers the charts need. Loopback only.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EnginePublic, ProblemJson, RecommendationState, RegressionState, ViewName } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts/time';
import { answerSql } from './fixture/clickhouse';
import { makeRows, plan_diff, plan_issues, type ViewRows } from './fixture/rows';
import { compressedWorkload } from './fixture/workload-rows';

export const fixture_token = 'fixture-token';
interface Answer {
  readonly status: number;
  readonly body: unknown;
}
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, string>>;
}
type State = { rows: ViewRows; instances: Record<string, unknown>[] };

const titles: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
};
export function problem(status: number, detail: string, problems: ProblemJson['problems'] = []): Answer {
  return {
    status,
    body: { type: 'about:blank', title: titles[status] ?? 'Error', status, detail, problems } satisfies ProblemJson,
  };
}

interface Step {
  readonly from: readonly string[];
  readonly to: RecommendationState | RegressionState;
}
/** Which answer follows on which state, as the server has it (server/api/routes/events.ts). */
const steps: Readonly<Record<'recommendation' | 'regression', Readonly<Record<string, Step>>>> = {
  recommendation: {
    accepted: { from: ['proposed', 'dismissed'], to: 'accepted' },
    dismissed: { from: ['proposed', 'accepted', 'started'], to: 'dismissed' },
    started: { from: ['proposed', 'accepted'], to: 'started' },
    applied: { from: ['proposed', 'accepted', 'started', 'dismissed', 'withdrawn'], to: 'applied' },
  },
  regression: {
    acknowledged: { from: ['open'], to: 'acknowledged' },
    resolved: { from: ['open', 'acknowledged'], to: 'resolved' },
    opted_out: { from: ['open', 'acknowledged', 'resolved'], to: 'opted_out' },
    opted_in: { from: ['opted_out'], to: 'open' },
  },
};

export function makeState(): State {
  const config = {
    name: 'shop',
    engine: 'postgresql',
    host: 'db.example.org',
    database_name: 'shop',
    user_name: 'plumbline',
    tls: 'require',
    enabled: true,
    interval_s: 60,
    aspects: {},
    has_credential: true,
    is_from_file: false,
  };
  return { rows: makeRows(), instances: [config] };
}

const by_param: readonly string[] = ['instance_id', 'query_hash', 'state', 'recommendation_id', 'regression_id'];

function answerView(state: State, name: string, query: URLSearchParams): Answer {
  const rows = state.rows[name as ViewName] as readonly Readonly<Record<string, unknown>>[] | undefined;
  if (rows === undefined) return problem(404, `There is no view ${name}.`);
  const kept = rows.filter(
    (row) =>
      by_param.every((key) => (query.get(key) ?? '') === '' || row[key] === undefined || row[key] === query.get(key)) &&
      isWithin(row['point_at'], query),
  );
  return { status: 200, body: { name, columns: [], rows: kept } };
}

const isWithin = (point_at: unknown, query: URLSearchParams): boolean =>
  typeof point_at !== 'string' || (point_at >= (query.get('from') ?? '') && point_at < (query.get('to') ?? ''));

function answerEvent(state: State, kind: 'recommendation' | 'regression', id: string, body: Asked['body']): Answer {
  const rows = (kind === 'recommendation' ? state.rows.recommendations_latest : state.rows.regressions_latest) ?? [];
  const at = rows.findIndex((row) => (row as unknown as Record<string, unknown>)[`${kind}_id`] === id);
  if (at < 0)
    return problem(404, `There is no ${kind} ${id}.`, [
      { field: `${kind}_id`, message: 'is not known here', mend: 'Reload the list.' },
    ]);
  const event = body['kind'] ?? '';
  const note = body['note'] ?? '';
  if (event === 'noted' && note === '')
    return problem(422, 'Some fields are wrong.', [
      { field: 'note', message: 'a note has no text', mend: 'Write the note.' },
    ]);
  const state_now = rows[at]?.state ?? '';
  const step = steps[kind][event];
  if (step !== undefined && !step.from.includes(state_now))
    return problem(409, `It is ${state_now} now.`, [
      { field: 'kind', message: `does not follow on ${state_now}`, mend: 'Reload the page.' },
    ]);
  rows[at] = { ...rows[at], state: step?.to ?? state_now } as never;
  const history = (kind === 'recommendation' ? state.rows.recommendation_history : state.rows.regression_history) ?? [];
  const now = new Date();
  const entry = { kind: event, occurred_at: utc(now), actor: 'preview (fixture)', note, payload: '' };
  history.push({ ...entry, [`${kind}_id`]: id } as never);
  return { status: 201, body: { event, occurred_at: now.toISOString() } };
}

export const engines: readonly EnginePublic[] = [
  {
    id: 'oracle',
    label: 'Oracle',
    default_port: 1521,
    database_field: { label: 'Service name', description: 'As the listener knows it' },
    option_fields: [
      {
        name: 'diagnostics_pack_licensed',
        label: 'Diagnostics Pack is licensed',
        description: 'AWR is read only then',
        kind: 'switch',
      },
    ],
  },
  {
    id: 'postgresql',
    label: 'PostgreSQL',
    default_port: 5432,
    database_field: { label: 'Database', description: '' },
    option_fields: [],
  },
];

const checkups = [
  { aspect: 'statements', state: 'ok', message: '', fix: '' },
  {
    aspect: 'settings',
    state: 'denied',
    message: 'Some settings are hidden from this role.',
    fix: 'GRANT pg_read_all_settings TO plumbline;',
  },
];

function addInstance(state: State, body: Asked['body']): Answer {
  const missing = ['name', 'host', 'database_name', 'user_name'].filter((field) => !body[field]);
  if (missing.length > 0) {
    return problem(
      422,
      'Some fields are wrong.',
      missing.map((field) => ({ field, message: 'is missing', mend: `Write the ${field}.` })),
    );
  }
  if (!engines.some(({ id }) => id === body['engine']))
    return problem(422, 'Some fields are wrong.', [
      { field: 'engine', message: 'is not known', mend: `Use one of ${engines.map(({ id }) => id).join(', ')}.` },
    ]);
  const { password, ...config } = body;
  const added = {
    tls: 'require',
    enabled: true,
    interval_s: 60,
    aspects: {},
    ...config,
    has_credential: password !== undefined,
    is_from_file: false,
  };
  state.instances.push(added);
  return { status: 201, body: added };
}

type Handler = (state: State, asked: Asked, parts: readonly string[]) => Answer;
const routes: readonly (readonly [method: string, pattern: RegExp, handle: Handler])[] = [
  ['GET', /^\/me$/, () => ({ status: 200, body: { name: 'fixture', role: 'admin' } })],
  ['GET', /^\/views\/(\w+)$/, (state, { query }, [name = '']) => answerView(state, name, query)],
  ['GET', /^\/engines$/, () => ({ status: 200, body: engines })],
  ['GET', /^\/instances$/, (state) => ({ status: 200, body: state.instances })],
  ['POST', /^\/instances$/, (state, { body }) => addInstance(state, body)],
  ['POST', /^\/instances\/([^/]+)\/(?:test|collect)$/, () => ({ status: 200, body: { checkups } })],
  ['GET', /^\/instances\/[^/]+\/queries\/[^/]+\/plan-diff$/, () => ({ status: 200, body: plan_diff })],
  [
    'GET',
    /^\/instances\/[^/]+\/queries\/[^/]+\/plan-issues$/,
    (_state, { query }) => ({ status: 200, body: plan_issues(query.get('plan') ?? '') }),
  ],
  [
    'GET',
    /^\/instances\/([^/]+)\/workload$/,
    (_state, { query }, [instance_id = '']) => ({ status: 200, body: compressedWorkload(instance_id, query) }),
  ],
  [
    'POST',
    /^\/recommendations\/([^/]+)\/events$/,
    (state, { body }, [id = '']) => answerEvent(state, 'recommendation', id, body),
  ],
  [
    'POST',
    /^\/regressions\/([^/]+)\/events$/,
    (state, { body }, [id = '']) => answerEvent(state, 'regression', id, body),
  ],
];

/** One API call, without a socket: unit tests of pages use it through a fake of Grafana's BackendSrv. */
export function answerApi(state: State, asked: Asked): Answer {
  for (const [method, pattern, handle] of routes) {
    const match = method === asked.method ? pattern.exec(asked.path) : null;
    if (match) return handle(state, asked, match.slice(1).map(decodeURIComponent));
  }
  return problem(404, 'Nothing is here.');
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

async function answer(state: State, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  const text = await readText(request);
  if (!url.pathname.startsWith('/api/v1')) return answerClickHouse(text);
  if (request.headers.authorization !== `Bearer ${fixture_token}`) return problem(401, 'The token is not valid.');
  const body = text === '' ? {} : (JSON.parse(text) as Asked['body']);
  return answerApi(state, {
    method: request.method ?? 'GET',
    path: url.pathname.slice('/api/v1'.length),
    query: url.searchParams,
    body,
  });
}

function answerClickHouse(sql: string): Answer {
  const known = answerSql(sql);
  return known === undefined
    ? { status: 404, body: 'Code: 60. DB::Exception: the fixture does not know this query' }
    : { status: 200, body: known };
}

/** Both endpoints on one free loopback port. */
export async function startFixture(): Promise<{ url: string; server: Server }> {
  const state = makeState();
  const server = createServer((request, response) => {
    void answer(state, request).then(({ status, body }) => {
      const type = status >= 400 && typeof body === 'object' ? 'application/problem+json' : 'application/json';
      response.writeHead(status, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
