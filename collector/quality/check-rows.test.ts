import { describe, expect, it, test } from '@jest/globals';
import { encodeRow, row_columns, utc, zero_measures } from '@plumbline/contracts';
import type { CollectedRows, CollectedTable } from '@plumbline/contracts';
import fc from 'fast-check';
import { checkRows } from './check-rows.js';

const now = new Date('2026-11-21T12:00:00Z');
const of = { instance_id: 'shop', aspect: 'statements', now };
const ago = (seconds: number) => utc(new Date(now.getTime() - seconds * 1000));
const delta = {
  ...{ ...zero_measures, instance_id: 'shop', query_hash: 'a'.repeat(16), database_name: 'd', user_name: 'u' },
  ...{ native_id: '42', is_nested: 0, plan_hash: '', min_time_us: null, max_time_us: null, bucket_upper_us: [] },
  ...{ bucket_calls: [], percentile_origin: 'means', flags: [], calls: 3n, total_time_us: 18_446_744_073_709_551_615n },
  ...{ window_start: ago(60), window_end: ago(0) },
};
const check = (rows: object) => checkRows(rows as CollectedRows, of);
const checkDelta = (more: object) => check({ query_deltas: [{ ...delta, ...more }] }).quarantined[0];

it('hands on good rows as they are', () => {
  const rows = { query_deltas: [delta, delta] };
  expect(check(rows)).toEqual({ rows, checked: 2, quarantined: [] });
  expect(check(rows).rows.query_deltas?.[0]).toBe(delta);
});

const wrong: readonly [string, object, string, string | RegExp][] = [
  ['a count that fell below zero', { calls: -1n }, 'range', 'calls is -1, not from 0 below 2^64'],
  ['a count beyond 64 bits', { calls: 2n ** 64n }, 'range', /^calls is 18446744073709551616/],
  ['a count that lost its precision as a number', { calls: 3 }, 'schema', 'calls is number, not a 64-bit count'],
  ['a number that is none', { sum_square_time_us2: Number.NaN }, 'range', /is NaN, not a finite number/],
  ['a null where none may be', { user_name: null }, 'schema', 'user_name is null, not a text'],
  ['a column that is missing', { flags: undefined }, 'completeness', 'flags is missing'],
  ['a query without its hash', { query_hash: '' }, 'completeness', 'query_hash is empty'],
  ['a column that the table does not have', { surprise: 1 }, 'schema', 'surprise is no column of query_deltas'],
  ['broken UTF-16', { user_name: 'a\ud800b' }, 'schema', 'user_name holds broken UTF-16'],
  [
    'a time in another form',
    { window_end: '2026-11-21T12:00:00Z' },
    'schema',
    'window_end is a text that is no UTC time',
  ],
  ['a window that ends before it begins', { window_end: ago(61) }, 'monotone', 'window_end lies before window_start'],
  ['a window of months', { window_start: ago(40 * 86_400) }, 'monotone', 'the window lasts 40 days'],
  ['a window of the future', { window_end: ago(-7_200) }, 'freshness', 'window_end lies 7200 s in the future'],
  [
    'a window beyond what is kept',
    { window_start: ago(36 * 86_400), window_end: ago(36 * 86_400) },
    'freshness',
    'window_end lies 36 days back, beyond what is kept',
  ],
  ['a least time above the most', { min_time_us: 2, max_time_us: 1 }, 'range', 'min_time_us is above max_time_us'],
  ['buckets without their counts', { bucket_upper_us: [1] }, 'range', /differ in length/],
  [
    'a list with an entry of another kind',
    { flags: ['a', 7] },
    'schema',
    'flags has an entry that is number, not a text',
  ],
];
test.each(wrong)('quarantines %s', (_title, more, check_name, reason) => {
  const found = checkDelta(more);
  expect(found).toMatchObject({ table_name: 'query_deltas', aspect: 'statements', observed_at: utc(now), check_name });
  expect(found?.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
});

describe('beside a wrong row', () => {
  const checked = check({ query_deltas: [delta, { ...delta, calls: -1n, user_name: "O'Hara" }, delta] });
  it('the others stay', () => expect(checked.rows.query_deltas).toEqual([delta, delta]));
  it('the wrong one is told with its ids and numbers, without texts', () => {
    const [row] = checked.rows.quarantined_rows ?? [];
    expect(JSON.parse(row?.row ?? '')).toMatchObject({ native_id: '42', calls: '-1', window_end: ago(0) });
    expect(row?.row).not.toContain('Hara');
  });
});

const anything = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
  fc.double(),
  fc.constantFrom(null, undefined, '', 0, 1, -1n, utc(now)),
);
const tables = Object.keys(row_columns) as readonly CollectedTable[];

it('never throws, and what it lets pass can be encoded, whatever a row holds', () => {
  const rows = fc.constantFrom(...tables).chain((table) => {
    const columns = Object.fromEntries(Object.keys(row_columns[table]).map((column) => [column, anything]));
    return fc.record(columns).map((row) => ({ table, row }));
  });
  fc.assert(
    fc.property(rows, ({ table, row }) => {
      const checked = check({ [table]: [row] });
      expect((checked.rows[table]?.length ?? 0) + (table === 'quarantined_rows' ? 0 : checked.quarantined.length)).toBe(
        1,
      );
      for (const kept of Object.values(checked.rows).flat()) expect(JSON.parse(encodeRow(kept))).toBeDefined();
    }),
    { numRuns: 500 },
  );
});
