import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { actorOf, createGate } from './auth.js';
import type { HttpProblem } from './problem-json.js';
import { createRateLimit } from '../rate-limit.js';

const tokens = {
  generated_path: undefined,
  tokenOf: () => undefined,
  callerOf: (token: string) => (token === 'good' ? ({ name: 'grafana', role: 'viewer' } as const) : undefined),
};
const requestFrom = (remoteAddress: string, authorization?: string, headers: object = {}) =>
  ({
    routeOptions: { config: { role: 'viewer', is_open_on_loopback: true } },
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    socket: { remoteAddress },
    ip: remoteAddress,
    caller: null,
  }) as unknown as FastifyRequest;

function statusOf(run: () => void): number {
  try {
    run();
    return 200;
  } catch (error) {
    return (error as HttpProblem).status;
  }
}

describe('the gate', () => {
  it.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['10.0.0.9', 401],
    ['::ffff:10.0.0.9', 401],
    ['12.7.0.1', 401],
  ])('metrics asked without a token from %s: %i', (address, status) => {
    expect(statusOf(() => createGate(tokens, 10)(requestFrom(address)))).toBe(status);
  });

  it('takes a wrong token for wrong on loopback too', () => {
    expect(statusOf(() => createGate(tokens, 10)(requestFrom('127.0.0.1', 'Bearer bad')))).toBe(401);
  });

  it('slows down who guesses, and only them', () => {
    const gate = createGate(tokens, 1_000);
    const guesses = Array.from({ length: 40 }, () => statusOf(() => gate(requestFrom('10.0.0.7', 'Bearer bad'))));
    expect([guesses.indexOf(429), guesses.lastIndexOf(401)]).toEqual([30, 29]);
    expect(statusOf(() => gate(requestFrom('10.0.0.8', 'Bearer bad')))).toBe(401);
    expect(statusOf(() => gate(requestFrom('10.0.0.7', 'Bearer good')))).toBe(200);
  });

  it('bounds a caller, and lets them go on after a while', () => {
    let now_ms = 0;
    const limit = createRateLimit(60, () => now_ms);
    for (let times = 0; times < 60; times++) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(1);
    now_ms = 1_000;
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 1]);
  });
});

describe('the actor', () => {
  it.each([
    ['ada', 'ada (grafana)'],
    ['a\r\nb\u0000', 'ab (grafana)'],
    ['', 'grafana'],
    ['x'.repeat(300), `${'x'.repeat(100)} (grafana)`],
  ])('%p is written as %p', (header, actor) => {
    const request = requestFrom('10.0.0.7', undefined, { 'x-grafana-user': header });
    request.caller = { name: 'grafana', role: 'operator' };
    expect(actorOf(request)).toBe(actor);
  });
});
