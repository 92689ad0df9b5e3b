import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { catalogTables } from './catalog-tables.js';
import { historyTable, type HistoryVersion, type RunOfStandIn } from './history-tables.js';
import { evaluate } from './sql.js';
import { bodyOf, encode, misbehave, refused, type Fault, type Told } from './wire.js';
import type { Answer, Table } from './sql-values.js';

/**
 * Not Dremio: an HTTP server that answers as the contract sheet says Dremio does, for both editions. What it has never
 * been compared with is a real server; TYPES.md says which answers rest on documents alone.
 */
export interface StandInOptions {
  readonly edition: 'software' | 'cloud';
  readonly history?: HistoryVersion;
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Job {
  readonly answer: Answer | Error;
  polls_left: number;
  is_canceled: boolean;
}

export const project_id = '7b8f3c1e-0c55-4c1b-9d0a-3a4b5c6d7e8f';
export const cloud_token = 'pat-of-the-stand-in';
export const password = 'correct horse';

export class DremioStandIn {
  /** The history, in any order; rows may be added late, twice, or changed. */
  runs: RunOfStandIn[] = [];
  /** Further tables by the name as a statement writes it. */
  tables: Map<string, Table>;
  /** By the start of a table's name: what Dremio says instead of rows. */
  refusals = new Map<string, string>();
  profiles = new Map<string, Uint8Array>();
  /** Polls that a job takes before it has ended. */
  polls_per_job = 0;
  /** The most rows that a page holds, whatever was asked for. */
  most_rows_per_page = 500;
  session_ms = 30 * 3_600_000;
  clock: () => number = Date.now;
  readonly requests: string[] = [];
  readonly statements: string[] = [];
  readonly canceled: string[] = [];
  /** Named by whoever submitted a statement. */
  readonly engines = new Set<string>();
  logins = 0;
  readonly #jobs = new Map<string, Job>();
  readonly #by_request_id = new Map<string, string>();
  readonly #tokens = new Set<string>();
  readonly #faults: { readonly pattern: RegExp; readonly faults: Fault[] }[] = [];

  private constructor(
    readonly options: StandInOptions,
    readonly server: Server,
  ) {
    this.tables = new Map(catalogTables(options.edition === 'cloud' ? 'sys.project.' : 'sys.'));
  }

  static async start(options: StandInOptions): Promise<DremioStandIn> {
    const server = options.tls === undefined ? createHttp() : createHttps({ ...options.tls });
    const stand_in = new DremioStandIn(options, server as Server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void stand_in.#answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stand_in;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next requests whose `METHOD path` matches get these answers, one each. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void {
    this.#faults.push({ pattern, faults: [...faults] });
  }

  forgetFaults(): void {
    this.#faults.length = 0;
  }

  /** As after a restart of the coordinator: nobody is logged in any more. */
  forgetSessions(): void {
    this.#tokens.clear();
  }

  forgetJobs(): void {
    this.#jobs.clear();
  }

  get #prefix(): string {
    return this.options.edition === 'cloud' ? `/v0/projects/${project_id}` : '/api/v3';
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    this.requests.push(line);
    const body = await bodyOf(request);
    const fault = this.#faults.find(({ pattern, faults }) => faults.length > 0 && pattern.test(line))?.faults.shift();
    if (fault !== undefined && fault.breaks !== 'after') return misbehave(fault, response);
    const told = this.#route(request, line, body);
    if (fault !== undefined) return void response.destroy();
    if (told.bytes !== undefined) {
      response.writeHead(told.status, { 'content-type': 'application/zip' }).end(told.bytes);
      return;
    }
    response.writeHead(told.status, { 'content-type': 'application/json' }).end(encode(told.body));
  }

  #route(request: IncomingMessage, line: string, body: Readonly<Record<string, unknown>>): Told {
    if (line === 'POST /apiv2/login' && this.options.edition === 'software') return this.#login(body);
    if (!this.#isKnown(request.headers.authorization ?? '')) return refused(401, 'Unauthorized');
    if (line === 'DELETE /apiv2/login') return { status: 204, body: {} };
    const profile = /^POST \/apiv2\/support\/([^/]+)\/download$/.exec(line);
    if (profile && this.options.edition === 'software') return this.#profile(decodeURIComponent(profile[1] ?? ''));
    const path = line.replace(/^(\w+) /, '$1:');
    if (!path.includes(`:${this.#prefix}/`)) return refused(404, 'Not found');
    return this.#api(path.replace(`:${this.#prefix}`, ' '), body);
  }

  #api(line: string, body: Readonly<Record<string, unknown>>): Told {
    if (line === 'GET /catalog') return { status: 200, body: { data: [] } };
    if (line === 'POST /sql') return this.#submit(body);
    const [, method, id = '', rest = ''] = /^(\w+) \/job\/([^/?]+)(.*)$/.exec(line) ?? [];
    const job = this.#jobs.get(decodeURIComponent(id));
    if (job === undefined) return refused(404, 'job not found');
    if (method === 'POST') {
      job.is_canceled = true;
      this.canceled.push(id);
      return { status: 204, body: {} };
    }
    return rest === '' ? this.#job(job) : this.#results(job, rest);
  }

  #login(body: Readonly<Record<string, unknown>>): Told {
    this.logins += 1;
    if (body['userName'] !== 'monitor' || body['password'] !== password) return refused(401, 'Login failed');
    const token = randomUUID().replaceAll('-', '');
    this.#tokens.add(token);
    return {
      status: 200,
      body: {
        ...{ token, userName: 'monitor', expires: Date.now() + this.session_ms, admin: true, version: '25.2.0' },
        ...{ userId: '1', clusterId: 'c', permissions: {} },
      },
    };
  }

  #isKnown(authorization: string): boolean {
    if (authorization === `Bearer ${cloud_token}`) return true;
    return this.options.edition === 'software' && this.#tokens.has(authorization.replace(/^(_dremio|Bearer )/, ''));
  }

  #submit(body: Readonly<Record<string, unknown>>): Told {
    const known = this.#by_request_id.get(String(body['requestId'] ?? ''));
    if (known !== undefined) return { status: 200, body: { id: known } };
    const sql = String(body['sql']);
    const id = randomUUID();
    this.statements.push(sql);
    if (typeof body['engineName'] === 'string') this.engines.add(body['engineName']);
    this.#jobs.set(id, { answer: this.#run(sql), polls_left: this.polls_per_job, is_canceled: false });
    if (body['requestId'] !== undefined) this.#by_request_id.set(String(body['requestId']), id);
    // As in Dremio, what the collector asks is history too.
    const now = this.clock();
    const own = { job_id: id, status: 'COMPLETED', query_type: 'REST', user_name: 'monitor', query: sql };
    this.runs.push({ ...own, submitted_ms: now, final_ms: now + 1 });
    return { status: 200, body: { id } };
  }

  #run(sql: string): Answer | Error {
    try {
      return evaluate(
        sql,
        (name) => this.#table(name),
        () => this.#now(),
      );
    } catch (error) {
      return error as Error;
    }
  }

  #now(): string {
    return new Date(this.clock()).toISOString().replace('T', ' ').replace('Z', '');
  }

  #table(name: string): Table {
    for (const [start, message] of this.refusals) if (name.startsWith(start)) throw new Error(message);
    const history = this.options.history ?? (this.options.edition === 'cloud' ? 'cloud_history' : 'recent_25');
    const own = history === 'cloud_history' ? 'sys.project.history.jobs' : 'sys.jobs_recent';
    if (name === own) return historyTable(history, this.runs);
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`VALIDATION ERROR: Object '${name}' not found within 'sys'`);
    return table;
  }

  #job(job: Job): Told {
    if (job.is_canceled) return { status: 200, body: { jobState: 'CANCELED', errorMessage: 'canceled by user' } };
    if (job.polls_left > 0) {
      job.polls_left -= 1;
      return { status: 200, body: { jobState: 'RUNNING', rowCount: 0 } };
    }
    if (job.answer instanceof Error)
      return { status: 200, body: { jobState: 'FAILED', errorMessage: job.answer.message } };
    return { status: 200, body: { jobState: 'COMPLETED', rowCount: job.answer.rows.length, errorMessage: '' } };
  }

  #results(job: Job, rest: string): Told {
    const params = new URLSearchParams(rest.replace(/^\/results\??/, ''));
    const limit = Number(params.get('limit') ?? 100);
    const offset = Number(params.get('offset') ?? 0);
    if (limit > 500) return refused(400, 'limit can not exceed 500 rows');
    if (job.answer instanceof Error || job.polls_left > 0)
      return refused(400, 'Can not fetch details for a job that is not COMPLETED');
    const rows = job.answer.rows.slice(offset, offset + Math.min(limit, this.most_rows_per_page));
    return { status: 200, body: { rowCount: job.answer.rows.length, schema: job.answer.schema, rows } };
  }

  #profile(job_id: string): Told {
    const bytes = this.profiles.get(job_id);
    return bytes === undefined ? refused(404, 'profile not found') : { status: 200, body: {}, bytes };
  }
}
