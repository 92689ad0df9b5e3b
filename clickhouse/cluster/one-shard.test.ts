import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Store } from '../store.js';
import { rollup_tables } from '../tables.js';
import { callText, createViews, loadViews } from '../views.js';
import { doublingDdl, openRehearsal } from './rehearse.js';

interface ViewCase {
  readonly title: string;
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expect: readonly Readonly<Record<string, unknown>>[];
}

const views = new Map(loadViews().map((view) => [view.name, view]));
const folder = new URL('../cases/', import.meta.url);
const cases = readdirSync(folder).flatMap((file) => {
  const { cases: of_view } = parse(readFileSync(new URL(file, folder), 'utf8')) as { cases: readonly ViewCase[] };
  return of_view.map((one) => [file.slice(0, -'.yml'.length), one.title, one] as const);
});

const directory = mkdtempSync(join(tmpdir(), 'plumbline-cluster-'));
let store: Store;
beforeAll(async () => {
  store = await openRehearsal(directory);
  await createViews(store);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

let inserts = 0;
let filled: readonly string[] = [];
async function fill(rows: ViewCase['rows']): Promise<void> {
  for (const table of filled) await store.command(`TRUNCATE TABLE ${table}_local`);
  const fed = rows['query_runs'] ? ['query_deltas'] : [];
  filled = [...Object.keys(rows), ...fed, ...(rows['query_deltas'] || rows['query_runs'] ? rollup_tables : [])];
  for (const [table, of_table] of Object.entries(rows)) {
    inserts += 1;
    await store.insert(table, of_table.map((row) => JSON.stringify(row)).join('\n'), { token: `case ${inserts}` });
  }
}

const rounded = (value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(9));
  return Array.isArray(value) ? value.map(rounded) : value;
};
const named = (row: object, names: readonly string[]): object =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (names.includes(name) ? [[name, rounded(value)]] : [])),
  );

describe('every case of every view, written and read through Distributed tables', () => {
  test.each(cases)('%s: %s', async (name, _title, { rows, params, expect: expected }) => {
    const view = views.get(name);
    if (!view) throw new Error(`cases/${name}.yml has no view`);
    await fill(rows);
    const given = Object.fromEntries([...view.params.keys()].map((param) => [param, params[param]]));
    const answer = await store.query<object>(callText(view), { params: given });
    expect(answer.map((row, at) => named(row, Object.keys(expected[at] ?? row)))).toEqual(
      expected.map((row) => named(row, Object.keys(row))),
    );
  });
});

describe('a batch sent again through a Distributed table', () => {
  const lines = (first: number): string =>
    Array.from({ length: 500 }, (_, n) =>
      JSON.stringify({
        instance_id: 'pg',
        query_hash: String(n % 20),
        window_start: `2026-11-20 1${n % 5}:00:0${first}.000`,
        window_end: `2026-11-20 1${n % 5}:01:00.000`,
        calls: '3',
        percentile_origin: 'means',
      }),
    ).join('\n');
  const callsOf = (table: string) => store.query<{ calls: string }>(`SELECT sum(calls) AS calls FROM ${table}`);

  test('is counted once, raw and in every rollup, and another batch is counted', async () => {
    await fill({});
    for (const table of ['query_deltas', ...rollup_tables]) await store.command(`TRUNCATE TABLE ${table}_local`);
    await store.insert('query_deltas', lines(1), { token: 'batch 1' });
    await store.insert('query_deltas', lines(1), { token: 'batch 1' });
    await store.insert('query_deltas', lines(2), { token: 'batch 2' });
    for (const table of ['query_deltas', ...rollup_tables]) expect(await callsOf(table)).toEqual([{ calls: '3000' }]);
  });
});

describe('with a plan for two shards', () => {
  const sample: Readonly<Record<string, unknown>> = { from: '2026-01-01 00:00:00', to: '2026-12-31 00:00:00' };
  const sampleOf = (param: string, type: string): unknown =>
    sample[param] ?? (/^(UInt|Float)/.test(type) ? 60 : type.startsWith('DateTime') ? sample['to'] : '');
  const paramsOf = (name: string) =>
    Object.fromEntries([...(views.get(name)?.params ?? [])].map(([param, type]) => [param, sampleOf(param, type)]));
  const ask = (name: string, settings = {}): Promise<readonly object[]> => {
    const view = views.get(name);
    return store.query(view ? callText(view) : '', { params: paramsOf(name), settings });
  };

  beforeAll(async () => {
    for (const statement of doublingDdl()) await store.command(statement);
  });

  test.each([...views.keys()])('%s is answered', async (name) => {
    await expect(ask(name)).resolves.toEqual(expect.any(Array));
  });

  test('rows of both shards are added up', async () => {
    await fill({});
    for (const table of rollup_tables) await store.command(`TRUNCATE TABLE ${table}_local`);
    const minute = { instance_id: 'pg', minute_start: '2026-11-20 10:00:00', is_nested: 0, calls: 5, total_time_us: 7 };
    await store.insert('instance_minutes_local', JSON.stringify(minute), { token: 'a minute' });
    expect(await ask('instance_series')).toMatchObject([{ instance_id: 'pg', calls: 10 }]);
  });

  test('without the cluster settings the engine refuses a view that joins', async () => {
    await expect(ask('query_top', { distributed_product_mode: 'deny' })).rejects.toMatchObject({ code: 288 });
  });
});
