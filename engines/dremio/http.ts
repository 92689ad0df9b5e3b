import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import type * as Undici from 'undici';
import { tlsAuthority } from '../shared/tls-authority.js';
import type { Edition } from './edition.js';
import { networkError } from './network-error.js';
import type { Pace } from './options.js';
import { rateLimitOf, type Endpoint, type RateLimit } from './rate-limit.js';
import { aborted, DremioError, tooManyRequests, type Where } from './source-error.js';

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly endpoint: Endpoint;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Asking twice does no more than asking once: it is tried again when the network or the server fails. */
  readonly is_repeatable: boolean;
  readonly most_bytes?: number;
  readonly abort: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly content_type: string;
  readonly body: Buffer;
  readonly retry_after: string;
}

const connect_timeout_ms = 10_000;
const headers_timeout_ms = 30_000;
const body_timeout_ms = 30_000;
/** Of one request from its first byte to its last. */
const request_timeout_ms = 120_000;
const default_most_bytes = 64 * 2 ** 20;
const most_attempts = 6;
const first_rest_ms = 500;
const least_rest_ms = 100;
const longest_rest_ms = 30_000;
/** A server that asks for more quiet than this is misunderstood. */
const most_quiet_ms = 3_600_000;
const passing_statuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Requests to one server: in turn with the rate limit, bounded in time and size, repeated where that is harmless. */
export class Http {
  readonly #limit: RateLimit;

  private constructor(
    readonly edition: Edition,
    readonly where: Where,
    readonly pace: Pace,
    readonly agent: Undici.Agent,
    readonly undici: typeof Undici,
  ) {
    this.#limit = rateLimitOf(edition, pace);
  }

  /** Throws SourceError when the authority file cannot be read. Nothing is asked yet. */
  static async open(target: ConnectionTarget, edition: Edition, pace: Pace): Promise<Http> {
    const undici = await import('undici');
    // Cloud has a public certificate: there is no reason to send a token to anybody else.
    const rejectUnauthorized = edition.id === 'cloud' || target.tls === 'verify';
    const agent = new undici.Agent({
      connect: { ...tlsAuthority(target), rejectUnauthorized, timeout: connect_timeout_ms },
      headersTimeout: headers_timeout_ms,
      bodyTimeout: body_timeout_ms,
      connections: 4,
    });
    const { port } = new URL(edition.origin);
    const where = {
      ...{ host: target.host, user_name: target.user_name, is_cloud: edition.id === 'cloud' },
      port: port === '' ? target.port : Number(port),
    };
    return new Http(edition, where, pace, agent, undici);
  }

  /** Any status but 429 is an answer. Throws SourceError. */
  async send(request: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn(request);
      const answer = await this.#once(request);
      const rest_ms =
        answer instanceof SourceError ? restAfterError(request, answer, attempt) : restOf(request, answer, attempt);
      if (rest_ms === undefined || attempt >= most_attempts) return this.#settled(answer);
      await this.#rest(answer, rest_ms, request.abort);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  #settled(answer: Answer | SourceError): Answer {
    if (answer instanceof SourceError) throw answer;
    if (answer.status === 429) throw tooManyRequests(this.where, 0);
    return answer;
  }

  /** What one request was told about pace holds for all: a rest after 429 is everybody's. */
  async #rest(answer: Answer | SourceError, ms: number, abort: AbortSignal): Promise<void> {
    if (!(answer instanceof SourceError) && answer.status === 429) this.#limit.quiet(ms);
    else await this.pace.wait(ms, abort).catch(() => Promise.reject(aborted()));
  }

  /** A rest longer than a reading can take is not waited for: until it is over, nothing is asked at all. */
  async #turn(request: Request): Promise<void> {
    if (request.abort.aborted) throw aborted();
    const { quiet_ms } = this.#limit;
    if (quiet_ms > longest_rest_ms) throw tooManyRequests(this.where, quiet_ms);
    await this.#limit.take(request.endpoint, request.abort).catch(() => Promise.reject(aborted()));
  }

  async #once(request: Request): Promise<Answer | SourceError> {
    const most_bytes = request.most_bytes ?? default_most_bytes;
    try {
      const signal = AbortSignal.any([request.abort, AbortSignal.timeout(request_timeout_ms)]);
      const answer = await this.undici.request(`${this.edition.origin}${request.path}`, {
        method: request.method,
        dispatcher: this.agent,
        signal,
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      return {
        status: answer.statusCode,
        content_type: firstOf(answer.headers['content-type']),
        retry_after: firstOf(answer.headers['retry-after']),
        body: await bodyOf(answer.body, most_bytes),
      };
    } catch (error) {
      return request.abort.aborted ? aborted() : networkError(error, this.where, most_bytes);
    }
  }
}

const firstOf = (header: string | string[] | undefined): string => (Array.isArray(header) ? header[0] : header) ?? '';

async function bodyOf(body: AsyncIterable<unknown>, most_bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const piece = chunk as Buffer;
    bytes += piece.length;
    if (bytes > most_bytes) throw Object.assign(new Error('too large'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** Undefined: the answer stands. */
function restOf(request: Request, answer: Answer, attempt: number): number | undefined {
  const is_passing = passing_statuses.has(answer.status) && request.is_repeatable;
  if (answer.status !== 429 && !is_passing) return undefined;
  const asked_ms = retryAfterMs(answer.retry_after) ?? backOffMs(attempt);
  return Math.min(Math.max(asked_ms, least_rest_ms), answer.status === 429 ? most_quiet_ms : longest_rest_ms);
}

/** Only a connection that broke off: a certificate does not get better by asking again, nor an answer smaller. */
const restAfterError = (request: Request, error: SourceError, attempt: number): number | undefined =>
  request.is_repeatable && error instanceof DremioError && error.reason === 'broken_off'
    ? backOffMs(attempt)
    : undefined;

/** Twice as long each time, and never the same for two collectors. */
const backOffMs = (attempt: number): number =>
  Math.min(longest_rest_ms, first_rest_ms * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);

/** Seconds, or a date; undefined for anything else. */
export function retryAfterMs(text: string, now = Date.now()): number | undefined {
  if (/^\d{1,6}$/.test(text.trim())) return Number(text) * 1_000;
  const at = /GMT$/.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
