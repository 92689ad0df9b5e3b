import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { StoreError } from '@plumbline/clickhouse';
import type { RawStatements, Store } from '@plumbline/clickhouse';
import type { Role } from '@plumbline/contracts';
import { createRateLimit } from '../rate-limit.js';
import type { RateLimit } from '../rate-limit.js';
import { helloAnswer, isHello } from './hello.js';
import { BadRequest, readRequest } from './request.js';
import type { EndpointRequest } from './request.js';
import { default_limits, fixedSettings } from './settings-gate.js';
import type { EndpointLimits } from './settings-gate.js';
import { gateStatement, RefusedStatement } from './statement-gate.js';

export interface EndpointOptions {
  readonly store: Store & RawStatements;
  /** Loopback unless set: what leaves this machine should pass through TLS first. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Any role may read. */
  readonly authenticate: (user: string, password: string) => Role | undefined | Promise<Role | undefined>;
  readonly limits?: Partial<EndpointLimits>;
  /** Told of every statement answered or refused. */
  readonly onAnswered?: (status: number, elapsed_ms: number) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** For the store's contract suite alone: no gate, and inserts of JSONEachRow. Never set by the program. */
  readonly ungated_for_tests?: boolean;
}

export interface ClickHouseEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers ClickHouse's HTTP protocol over the embedded engine: read-only, one statement a request, limited. */
export async function startClickHouseEndpoint(options: EndpointOptions): Promise<ClickHouseEndpoint> {
  const limits = { ...default_limits, ...options.limits };
  const [engine] = await options.store.query<{ version: string }>('SELECT version() AS version');
  const version = engine?.version ?? '';
  const wrong = createRateLimit(wrong_passwords_per_minute);
  const server = createServer((request, response) => {
    answer({ ...options, limits, version, wrong }, request, response).catch((error: unknown) => {
      options.log('error', 'the ClickHouse endpoint failed', { error: String(error) });
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const wrong_passwords_per_minute = 30;

type Served = Omit<EndpointOptions, 'limits'> & {
  readonly limits: EndpointLimits;
  readonly version: string;
  /** By the address that guesses. */
  readonly wrong: RateLimit;
};

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/ping' || (path === '/' && request.method === 'GET' && !request.url?.includes('?'))) {
    response.end('Ok.\n');
    return;
  }
  const started_at_ms = performance.now();
  response.once('finish', () => served.onAnswered?.(response.statusCode, performance.now() - started_at_ms));
  response.setHeader('X-ClickHouse-Server-Display-Name', 'plumbline');
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  try {
    if (path !== '/') throw new BadRequest(404, `there is nothing at ${path.slice(0, 100)}; statements go to /`);
    if (request.method !== 'GET' && request.method !== 'POST') throw new BadRequest(405, 'use GET or POST');
    const asked = await readRequest(request, served.limits.max_body_bytes);
    await checkPassword(served, asked, request.socket.remoteAddress ?? '');
    const bytes = await answerStatement(served, asked, response);
    await send(request, response, bytes);
  } catch (error) {
    // A body not read to its end would be taken for the next request of this connection.
    if (!request.complete) response.setHeader('Connection', 'close');
    sendError(response, error);
  }
}

async function checkPassword(served: Served, asked: EndpointRequest, address: string): Promise<void> {
  if ((await served.authenticate(asked.user, asked.password)) !== undefined) return;
  const wait_s = served.wrong.take(address);
  if (wait_s > 0) throw new BadRequest(429, `too many wrong passwords; wait ${wait_s} s`);
  throw new StoreError(
    'Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no such user',
  );
}

async function answerStatement(served: Served, asked: EndpointRequest, response: ServerResponse): Promise<Uint8Array> {
  response.setHeader('X-ClickHouse-Query-Id', asked.query_id || randomUUID());
  if (isHello(asked.sql, asked.client_protocol_version)) {
    response.setHeader('X-ClickHouse-Format', 'Native');
    return helloAnswer('plumbline', served.version);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client has gone')));
  if (served.ungated_for_tests) return answerUngated(served, asked, gone.signal);
  return answerGated(served, asked, response, gone.signal);
}

async function answerGated(
  served: Served,
  asked: EndpointRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const sql = gateStatement(asked.body === '' ? asked.sql : `${asked.sql}\n${asked.body}`);
  checkDatabase(asked.database_name, served.store.database_name);
  if (!/^\w{1,64}$/.test(asked.format)) throw new BadRequest(400, 'default_format is not a format name');
  response.setHeader('X-ClickHouse-Format', /\bformat\s+(\w+)\s*$/i.exec(sql)?.[1] ?? asked.format);
  const { bytes, rows_read, elapsed_s } = await served.store.raw({
    sql,
    format: asked.format,
    param_texts: asked.param_texts,
    fixed_settings: fixedSettings(asked.settings, served.limits),
    signal,
  });
  const summary = {
    read_rows: String(rows_read),
    result_bytes: String(bytes.length),
    elapsed_ns: String(Math.round(elapsed_s * 1e9)),
  };
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
  return bytes;
}

/** Clients that were never told a database say "default". */
function checkDatabase(asked: string, own: string): void {
  if (asked === '' || asked === 'default' || asked === own) return;
  throw new StoreError(
    `Code: 81. DB::Exception: Database ${asked.slice(0, 64)} does not exist here; there is ${own}. (UNKNOWN_DATABASE)`,
  );
}

async function answerUngated(served: Served, asked: EndpointRequest, signal: AbortSignal): Promise<Uint8Array> {
  const table = /^\s*INSERT INTO\s+`?(\w+)`?[\s\S]*FORMAT JSONEachRow\s*$/i.exec(asked.sql)?.[1];
  if (table !== undefined) {
    await served.store.insert(table, asked.body, { token: asked.settings['insert_deduplication_token'] ?? '', signal });
    return new Uint8Array(0);
  }
  const { readonly: _readonly, ...fixed_settings } = fixedSettings(asked.settings, served.limits);
  const { bytes } = await served.store.raw({
    sql: asked.sql,
    format: asked.format,
    param_texts: asked.param_texts,
    fixed_settings,
    signal,
  });
  return bytes;
}

const compress = promisify(gzip);
const worth_compressing_bytes = 1_000;

async function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): Promise<void> {
  const accepts = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!accepts || bytes.length < worth_compressing_bytes) {
    response.end(bytes);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.end(await compress(bytes, { level: 1 }));
}

/**
 * Answers are whole before the first byte is sent (max_result_bytes bounds them), so an error always has its status
 * code and never ends an answer that began well.
 */
function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const { status, code, message } = asClickHouseError(error);
  response.statusCode = status;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(message);
}

const status_of_code: Readonly<Record<number, number>> = {
  60: 404,
  81: 404,
  62: 400,
  47: 400,
  46: 400,
  164: 403,
  497: 403,
  516: 403,
};
const access_denied = 497;
const bad_arguments = 36;

function asClickHouseError(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof RefusedStatement) {
    const message = `Code: ${access_denied}. DB::Exception: ${error.message}. (ACCESS_DENIED)\n`;
    return { status: 403, code: access_denied, message };
  }
  if (error instanceof BadRequest) {
    return {
      status: error.status,
      code: bad_arguments,
      message: `Code: ${bad_arguments}. DB::Exception: ${error.message}. (BAD_ARGUMENTS)\n`,
    };
  }
  const { code, message } = error instanceof StoreError ? error : new StoreError(String(error));
  return {
    status: status_of_code[code] ?? 500,
    code,
    message: message.startsWith('Code:') ? `${message}\n` : `Code: ${code}. DB::Exception: ${message}\n`,
  };
}
