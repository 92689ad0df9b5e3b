import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SourceError, type AspectName } from '@plumbline/contracts';
import fc from 'fast-check';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { instanceId } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { openConnection } from './connection.js';
import { collectTools, testOptions } from './testing/tools.js';

/** What the server answers next, whatever is asked; when it is used up, a plausible answer. */
interface Told {
  readonly status: number;
  readonly content_type: string;
  readonly body: string | Uint8Array;
}

const plausible = (line: string, rows: readonly unknown[]): string => {
  if (line.includes('login')) return JSON.stringify({ token: 't', expires: Date.now() + 9e6, version: '25' });
  if (/POST .*sql/.test(line)) return '{"id":"job-1"}';
  if (line.includes('results')) return JSON.stringify({ rowCount: rows.length, schema: columns, rows });
  return JSON.stringify({ jobState: 'COMPLETED', rowCount: rows.length });
};

/** Every column that any statement of ours may look for, so that the rows below are really read. */
const names = [
  ...['job_id', 'status', 'submitted_epoch_millis', 'final_state_epoch_millis', 'query', 'query_type', 'user_name'],
  ...['rows_scanned', 'execution_cpu_time_ns', 'scanned_datasets', 'error_msg', 'reflection_matches', 'query_chunks'],
  ...['reflection_id', 'type', 'dimensions', 'available_until', 'record_count', 'name', 'bool_val', 'string_val'],
  ...['is_executor', 'heap_max', 'planner_estimated_cost', 'accelerated'],
];
const columns = names.map((name) => ({ name, type: { name: 'VARCHAR' } }));
const aliases = ['server_now', 's', 't', 'c', 'n', 'nullable', 'files', 'size_bytes', 'partitions', 'text'];

let answers: Told[] = [];
let rows: readonly unknown[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const line = `${request.method} ${request.url}`;
    const told = line.includes('login') || line.includes('catalog') ? undefined : answers.shift();
    response.writeHead(told?.status ?? 200, { 'content-type': told?.content_type ?? 'application/json' });
    response.end(told?.body ?? plausible(line, rows));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const target = () => ({
  ...{ instance_id: instanceId('lake'), host: '127.0.0.1', port: (server.address() as AddressInfo).port },
  ...{ database_name: 'dremio', user_name: 'monitor', password: 'p', tls: 'off' as const },
});

/** Ends in an answer or in an error that is safe to show: nothing else. */
async function survives(aspect: AspectName, state: unknown): Promise<unknown> {
  const connection = await openConnection(target(), testOptions({ tables_per_reading: 1, profiles_per_reading: 1 }));
  try {
    const answer = await connection.collect(aspect, state, collectTools());
    expect(answer.outcome.state === 'ok' || answer.outcome.fix !== '').toBe(true);
    // What is kept must be JSON, with counts that the store can hold.
    JSON.stringify(answer.rows, (_key, value: unknown) => {
      if (typeof value === 'bigint') expect(value >= 0n && value < 2n ** 64n).toBe(true);
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      return typeof value === 'bigint' ? value.toString() : value;
    });
    return JSON.parse(JSON.stringify(answer.state)) as unknown;
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).message).not.toMatch(/failed in the program itself/);
    expect((error as SourceError).fix).not.toBe('');
    return state;
  } finally {
    await connection.close();
  }
}

const aspect = fc.constantFrom(...aspects.map(({ name }) => name));
const told: fc.Arbitrary<Told> = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 301, 400, 403, 404, 410, 429, 500, 503),
  content_type: fc.constantFrom(
    'application/json',
    'application/json;charset=utf-8',
    'text/html',
    '',
    'application/zip',
  ),
  body: fc.oneof(
    fc.json(),
    fc.string(),
    fc.uint8Array(),
    fc.constantFrom('{"id":"x"}', '{"jobState":"COMPLETED","rowCount":3}', '{"jobState":"FAILED"}', '{"rows":[{}]}'),
  ),
});

test('whatever the server answers, a reading ends in an answer or a SourceError', async () => {
  await fc.assert(
    fc.asyncProperty(aspect, fc.array(told, { maxLength: 12 }), async (name, script) => {
      answers = [...script];
      rows = [];
      await survives(name, undefined);
    }),
    { numRuns: 60 },
  );
});

const odd = fc.oneof(
  ...[fc.constant(null), fc.boolean(), fc.double(), fc.integer(), fc.string({ unit: 'binary' }), fc.json()],
  fc.constantFrom(
    '9'.repeat(20),
    '9'.repeat(400),
    '-1',
    '1e400',
    'NaN',
    '\ud800',
    '\0',
    '9999-12-31 00:00:00.000',
    '0',
  ),
  fc.constantFrom(Date.now(), String(Date.now()), '2026-11-21 06:00:00.000', 'COMPLETED', 'SELECT (', '[a, "b'),
  fc.array(fc.anything(), { maxLength: 3 }),
  fc.constant('x'.repeat(100_000)),
);
/** A run as it should be, so that what is odd in it is read to the end. */
const sound = () => ({
  ...{ job_id: 'a', status: 'COMPLETED', query: 'SELECT a FROM t', query_type: 'JDBC', user_name: 'bi' },
  ...{ submitted_epoch_millis: String(Date.now()), final_state_epoch_millis: String(Date.now() + 5) },
});
const row = fc
  .tuple(fc.boolean(), fc.dictionary(fc.constantFrom(...names, ...aliases), odd, { maxKeys: 12 }))
  .map(([is_sound, over]) => (is_sound ? { ...sound(), ...over } : over));

test('rows with nulls, wrong types, huge numbers and texts, and bad Unicode kill no reading', async () => {
  await fc.assert(
    fc.asyncProperty(aspect, fc.array(row, { maxLength: 6 }), async (name, told_rows) => {
      answers = [];
      rows = [{ ...told_rows[0], server_now: '2026-11-21 06:00:00.000' }, ...told_rows.slice(1)];
      const state = await survives(name, undefined);
      await survives(name, state);
    }),
    { numRuns: 60 },
  );
});
