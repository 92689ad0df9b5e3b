import { expect, test } from '@jest/globals';
import { collected_tables } from '@plumbline/contracts';
import { arrived, arriving_tables } from './tables.js';

const at = new Date('2026-11-21T06:26:50.123Z');
const stamp = '"stored_at":"2026-11-21 06:26:50.123"';

test.each([
  ['one row', '{"a":1}', `{"a":1,${stamp}}\n`],
  ['rows with a newline at the end', '{"a":1}\n{"a":2}\n', `{"a":1,${stamp}}\n{"a":2,${stamp}}\n`],
  ['a text that looks like a line’s end', JSON.stringify({ a: '}\n{' }), `{"a":"}\\n{",${stamp}}\n`],
  ['a row that ends with an object', '{"a":{"b":{}}}', `{"a":{"b":{}},${stamp}}\n`],
])('%s is given its arrival', (_case, ndjson, expected) => {
  expect(arrived('query_deltas', ndjson, at)).toBe(expected);
});

test('what is no timed fact stays as it is', () => {
  expect(arrived('queries', '{"a":1}', at)).toBe('{"a":1}');
});

test('every collected table is a timed fact or is told as it is now', () => {
  const as_now = collected_tables.filter((table) => !arriving_tables.includes(table));
  expect([...as_now].sort()).toEqual(['aspect_status', 'instances', 'plans', 'quarantined_rows', 'queries']);
});
