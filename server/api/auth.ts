import type { Role } from '@plumbline/contracts';
import { roles } from '@plumbline/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller, Tokens } from '../credentials/tokens.js';
import { HttpProblem } from './problem-json.js';
import { createRateLimit } from '../rate-limit.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Least role; absent for the few routes that answer anybody. */
    role?: Role;
    /** Local programs (a Prometheus beside us) need no token for this one. */
    is_open_on_loopback?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

const wrong_tokens_per_minute = 30;

/** Checks who calls and whether they may, before a body is read. @throws HttpProblem 401, 403 or 429. */
export function createGate(tokens: Tokens, max_requests_per_minute: number): (request: FastifyRequest) => void {
  const wrong = createRateLimit(wrong_tokens_per_minute);
  const requests = createRateLimit(max_requests_per_minute);
  return (request) => {
    const { role, is_open_on_loopback } = request.routeOptions.config;
    if (role === undefined) return;
    const presented = bearerToken(request.headers.authorization);
    if (presented === undefined && is_open_on_loopback === true && isLoopback(request.socket.remoteAddress)) return;
    const caller = presented === undefined ? undefined : tokens.callerOf(presented);
    if (caller === undefined) throw unknownCaller(presented, wrong.take(request.ip));
    request.caller = caller;
    const wait_s = requests.take(caller.name);
    if (wait_s > 0) throw tooMany(wait_s);
    if (roles.indexOf(caller.role) < roles.indexOf(role)) throw notAllowed(caller, role);
  };
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

function unknownCaller(presented: string | undefined, wait_s: number): HttpProblem {
  if (wait_s > 0) return tooMany(wait_s);
  const detail =
    presented === undefined ? 'This call needs a token: Authorization: Bearer …' : 'This token is not known.';
  return new HttpProblem(401, detail, [], { 'www-authenticate': 'Bearer realm="plumbline"' });
}

const tooMany = (wait_s: number): HttpProblem =>
  new HttpProblem(429, `Too many requests; wait ${wait_s} s.`, [], { 'retry-after': String(wait_s) });

const notAllowed = (caller: Caller, role: Role): HttpProblem =>
  new HttpProblem(403, `The token "${caller.name}" is a ${caller.role}'s; this call needs ${role}.`);

const isLoopback = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address ?? '');

/** The actor of an event: the person Grafana names, if it does, and the token that vouches for the call. */
export function actorOf(request: FastifyRequest): string {
  const name = request.caller?.name ?? 'anonymous';
  const header = request.headers['x-grafana-user'];
  // \p{Cc}: control characters, which would break a log line or a page.
  const person = (Array.isArray(header) ? header[0] : header)
    ?.replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 100);
  return person === undefined || person === '' ? name : `${person} (${name})`;
}
