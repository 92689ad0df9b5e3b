import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editionOf } from './edition.js';
import { retryAfterMs } from './http.js';
import { RateLimit, rateLimitOf } from './rate-limit.js';
import { quickPace, testOptions } from './testing/tools.js';

const abort = new AbortController().signal;

it('in no minute more is asked than granted and the burst that was saved up, whoever asks when', async () => {
  const per_minute = { all: 60, job: 30, results: 60, other: 60 };
  const pauses = fc.array(fc.nat(20_000), { minLength: 50, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(pauses, async (pauses_ms) => {
      const pace = quickPace();
      const limit = new RateLimit(per_minute, pace);
      const asked_ms: number[] = [];
      for (const pause_ms of pauses_ms) {
        if (pause_ms > 10_000) await pace.wait(pause_ms, abort);
        await limit.take('job', abort);
        asked_ms.push(pace.now_ms());
      }
      const busiest = Math.max(
        ...asked_ms.map((from) => asked_ms.filter((at) => at >= from && at < from + 60_000).length),
      );
      expect(busiest).toBeLessThanOrEqual(30 + 5 + 1);
    }),
  );
});

it('a few requests after a rest do not wait', async () => {
  const pace = quickPace();
  const limit = new RateLimit({ all: 60, job: 60, results: 60, other: 60 }, pace);
  for (let n = 0; n < 10; n += 1) await limit.take('other', abort);
  expect(pace.waits_ms).toEqual([]);
});

it('what is told to one is heeded by all', async () => {
  const pace = quickPace();
  const limit = new RateLimit({ all: 60, job: 60, results: 60, other: 60 }, pace);
  limit.quiet(7_000);
  await limit.take('results', abort);
  expect(pace.now_ms()).toBe(7_000);
});

it('all projects of Cloud share one limit, each server of Software has its own', () => {
  const options = testOptions();
  const limitOf = (host: string, database_name: string) => {
    const target = { instance_id: 'x' as never, host, port: 1, database_name, user_name: '', password: '' };
    return rateLimitOf(editionOf({ ...target, tls: 'verify' }, options), options.pace);
  };
  expect(limitOf('localhost', '11111111')).toBe(limitOf('localhost', '22222222'));
  expect(limitOf('a.example', 'd')).toBe(limitOf('a.example', 'd'));
  expect(limitOf('a.example', 'd')).not.toBe(limitOf('b.example', 'd'));
});

it.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['Sat, 21 Nov 2026 06:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 05:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  ['-5', undefined],
])('Retry-After %j is a rest of %j ms', (text, ms) => {
  expect(retryAfterMs(text, Date.parse('2026-11-21T06:00:00Z'))).toBe(ms);
});
