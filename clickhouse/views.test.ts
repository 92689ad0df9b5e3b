import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ViewName } from '@plumbline/contracts';
import { parse } from 'yaml';
import { migrate } from './migrate.js';
import { openStore } from './open.js';
import type { AskView, Store } from './store.js';
import { rollup_tables } from './tables.js';
import { view_columns } from './view-columns/index.js';
import { askView, callText, createViews, loadViews, readView } from './views.js';

/** One file of clickhouse/cases. Columns a row leaves out take the table's default; numbers are compared to 9 digits. */
interface ViewCase {
  readonly title: string;
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expect: readonly Readonly<Record<string, unknown>>[];
}

const views = loadViews();
const casesOf = (name: string): readonly ViewCase[] | undefined => {
  const file = new URL(`./cases/${name}.yml`, import.meta.url);
  return existsSync(file) ? ((parse(readFileSync(file, 'utf8')) as { cases: ViewCase[] }).cases ?? []) : undefined;
};

const path = mkdtempSync(join(tmpdir(), 'plumbline-views-'));
let store: Store;
let ask: AskView;
beforeAll(async () => {
  store = await openStore(`chdb://${path}`);
  await migrate(store);
  await createViews(store);
  ask = askView(store);
});
afterAll(async () => {
  await store.close();
  rmSync(path, { recursive: true });
});

let inserts = 0;
let filled: readonly string[] = [];
async function fill(rows: ViewCase['rows']): Promise<void> {
  for (const table of filled) await store.command(`TRUNCATE TABLE ${table}`);
  const fed = rows['query_runs'] ? (['query_deltas'] as const) : [];
  filled = [...Object.keys(rows), ...fed, ...(rows['query_deltas'] || rows['query_runs'] ? rollup_tables : [])];
  for (const [table, of_table] of Object.entries(rows)) {
    inserts += 1;
    await store.insert(table, of_table.map((row) => JSON.stringify(row)).join('\n'), { token: `case ${inserts}` });
  }
}

const rounded = (value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(rounded);
  return value;
};
const roundedRow = (row: object): object =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)]));

const tested = views.filter(({ name }) => casesOf(name) !== undefined);
describe.each(tested)('$name', (view) => {
  test.each(casesOf(view.name) ?? [])('$title', async ({ rows, params, expect: expected }) => {
    await fill(rows);
    const given = Object.fromEntries([...view.params.keys()].map((name) => [name, params[name]]));
    const answer = await store.query<object>(callText(view), { params: given });
    // A case names the columns it is about; the whole row's names are checked for every view below.
    const seen = answer.map((row, at) => {
      const named = Object.keys(expected[at] ?? row);
      return Object.fromEntries(Object.entries(roundedRow(row)).filter(([name]) => named.includes(name)));
    });
    expect(seen).toEqual(expected.map(roundedRow));
  });
});

describe.each(Object.keys(view_columns) as ViewName[])('the view %s', (name) => {
  const view = views.find((one) => one.name === name);
  const sample: Readonly<Record<string, unknown>> = { from: '2026-01-01 00:00:00', to: '2026-01-02 00:00:00' };
  const sampleOf = (param: string, type: string): unknown =>
    sample[param] ?? (/^(UInt|Float)/.test(type) ? 60 : type.startsWith('DateTime') ? sample['to'] : '');

  test('has its file and at least one case', () => {
    expect(view).toBeDefined();
    expect(casesOf(name)?.length).toBeGreaterThan(0);
  });

  test('has the columns the contract says, and no 64-bit number that would come as text', async () => {
    if (!view) return;
    const params = Object.fromEntries([...view.params].map(([param, type]) => [param, sampleOf(param, type)]));
    const described = await store.query<{ name: string; type: string }>(`DESCRIBE TABLE (${callText(view)})`, {
      params,
    });
    expect(described.map((column) => column.name).sort()).toEqual([...view_columns[name]].sort());
    expect(described.filter(({ type }) => /Int64|(?<!Simple)AggregateFunction/.test(type))).toEqual([]);
    const times = described.filter((column) => /_at$/.test(column.name));
    for (const { type } of times) expect(type).toMatch(/DateTime64\(3, 'UTC'\)/);
  });
});

const span = { from: '2026-01-01 00:00:00', to: '2026-01-02 00:00:00' };
test.each([
  ['an unknown view', 'query_bottom', {}, 'name', 'there is no view "query_bottom"'],
  ['a missing parameter', 'fleet', { from: span.from }, 'to', 'needs the parameter "to"'],
  ['an ill-typed time', 'fleet', { ...span, to: 'yesterday' }, 'to', 'is not a UTC time'],
  ['a month that is none', 'fleet', { ...span, to: '2026-13-01 00:00:00' }, 'to', 'is not a UTC time'],
  ['a negative limit', 'query_top', { ...span, instance_id: '', limit: -1 }, 'limit', 'is not a whole number'],
  ['an endless limit', 'query_top', { ...span, instance_id: '', limit: 2 ** 33 }, 'limit', 'is not a whole number'],
  ['a number for text', 'aspects_latest', { instance_id: 1 }, 'instance_id', 'is not text'],
  ['a parameter too many', 'fleet', { ...span, instance_id: '' }, 'instance_id', 'has no parameter "instance_id"'],
])('%s is an error that names it', async (_case, name, params, field, message) => {
  const asked = ask(name as 'fleet', params as unknown as typeof span & { from: never; to: never });
  await expect(asked).rejects.toMatchObject({ field, message: expect.stringContaining(message) });
});

test('a parameter cannot carry SQL', async () => {
  expect(await ask('aspects_latest', { instance_id: "' OR 1 = 1 --" })).toEqual([]);
});

test.each([
  ['two statements', '-- q\nCREATE OR REPLACE VIEW v AS SELECT 1; SELECT 2', 'must be one statement'],
  ['another name', '-- q\nCREATE OR REPLACE VIEW w AS SELECT 1', 'must be one statement beginning'],
  ['no question', 'CREATE OR REPLACE VIEW v AS SELECT 1', 'must begin with a comment'],
  [
    'a parameter of two types',
    '-- q\nCREATE OR REPLACE VIEW v AS SELECT {a:String}, {a:UInt8}',
    'both String and UInt8',
  ],
])('a view file with %s is refused', (_case, text, message) => {
  expect(() => readView('v', text)).toThrow(message);
});

test('the same batch twice is counted once, raw and in every rollup', async () => {
  await fill({});
  for (const table of ['query_deltas', ...rollup_tables]) await store.command(`TRUNCATE TABLE ${table}`);
  const rows = Array.from({ length: 5_000 }, (_, n) =>
    JSON.stringify({
      instance_id: 'twice',
      query_hash: String(n % 50),
      window_start: `2026-11-20 0${n % 10}:00:00.000`,
      window_end: `2026-11-20 0${n % 10}:01:00.000`,
      calls: '3',
      total_time_us: '9007199254743',
      percentile_origin: 'means',
    }),
  ).join('\n');
  for (let time = 0; time < 3; time += 1) await store.insert('query_deltas', rows, { token: 'twice:1' });
  const sums = await store.query(
    `SELECT * FROM (SELECT 'raw' AS kind, sum(calls) AS calls, sum(total_time_us) AS time FROM query_deltas WHERE instance_id = 'twice'
     UNION ALL SELECT 'hours', sum(calls), sum(total_time_us) FROM query_hourly WHERE instance_id = 'twice'
     UNION ALL SELECT 'minutes', sum(calls), sum(total_time_us) FROM instance_minutes WHERE instance_id = 'twice'
     UNION ALL SELECT 'days', sum(calls), sum(total_time_us) FROM query_daily WHERE instance_id = 'twice') ORDER BY kind`,
  );
  const time = (9007199254743n * 5000n).toString();
  expect(sums).toEqual(['days', 'hours', 'minutes', 'raw'].map((kind) => ({ kind, calls: '15000', time })));
});
