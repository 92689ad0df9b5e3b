import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore } from '@plumbline/clickhouse';
import { runCommand } from '../testing/command.js';

let directory: string;
const plumbline = (of: 'source' | 'target', ...args: readonly string[]) =>
  runCommand('features', ...args, '--config', join(directory, `${of}.yml`));

/** Numbers that JSON, a double or a 32-bit column would change. */
const rows = [
  {
    ...{ entity_kind: 'query', instance_id: 'shop', query_hash: 'a'.repeat(16), feature_set_version: 1 },
    ...{ as_of: '2026-11-20 10:00:00.000', computed_at: '2026-11-20 10:03:21.987' },
    counts: { calls: '18446744073709551615', total_time_us: '9007199254740993', errors: '0' },
    reals: { mean_time_us: 0.1, load: 5e-324, calls_growth: 1.7976931348623157e308 },
    lists: { table_names: ["o'rders", 'Straße', ''], database_names: [] },
  },
  {
    ...{ entity_kind: 'statement', instance_id: '', query_hash: 'a'.repeat(16), feature_set_version: 1 },
    ...{ as_of: '2026-11-20 11:00:00.000', computed_at: '2026-11-20 11:00:00.001' },
    ...{ counts: {}, reals: {}, lists: {} },
  },
  {
    ...{ entity_kind: 'instance', instance_id: 'shop', query_hash: '', feature_set_version: 2 },
    ...{ as_of: '2026-11-20 11:00:00.000', computed_at: '2026-11-20 11:00:00.001' },
    ...{ counts: { calls: '1' }, reals: {}, lists: {} },
  },
];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-features-'));
  for (const name of ['source', 'target'])
    writeFileSync(join(directory, `${name}.yml`), `data_directory: ${directory}/${name}\n`);
  const store = await openStore(`chdb://${directory}/source/store`);
  await migrate(store);
  await store.insert('features', rows.map((row) => JSON.stringify(row)).join('\n'), { token: 'features' });
  await store.close();
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function stored(of: 'source' | 'target'): Promise<readonly unknown[]> {
  const store = await openStore(`chdb://${directory}/${of}/store`);
  try {
    return await store.query('SELECT * FROM features FINAL ORDER BY ALL');
  } finally {
    await store.close();
  }
}

describe('plumbline features', () => {
  it('carries a version to another store, to the last digit, and only once', async () => {
    const out = join(directory, 'v1.parquet');
    const exported = await plumbline('source', 'export', '--format', 'parquet', '--version', '1', '--out', out);
    expect([exported.code, exported.stdout]).toEqual([0, `2 rows of version 1 written to ${out}\n`]);
    expect((await plumbline('target', 'import', out)).stdout).toBe('2 rows new, the others were known\n');
    expect((await plumbline('target', 'import', out)).stdout).toBe('0 rows new, the others were known\n');
    expect(await stored('target')).toEqual((await stored('source')).filter((row) => !isOfVersion2(row)));

    const back = join(directory, 'back.parquet');
    await plumbline('target', 'export', '--version', '1', '--out', back);
    expect(readFileSync(back).equals(readFileSync(out))).toBe(true);
  }, 60_000);

  it('narrows the file to an instance and a span', async () => {
    const out = join(directory, 'narrow.parquet');
    const narrowed = (...args: readonly string[]) => plumbline('source', 'export', '--out', out, ...args);
    expect((await narrowed('--instance', 'shop')).stdout).toMatch(/^1 rows/);
    expect((await narrowed('--from', '2026-11-20T11:00:00Z')).stdout).toMatch(/^1 rows/);
    expect((await narrowed('--to', '2026-11-20 11:00:00')).stdout).toMatch(/^1 rows/);
  });

  it.each([
    [['export', '--version', '7'], 1, /no features of version 7 in that span; nothing was written/],
    [['export', '--version', 'x'], 2, /whole number from 1/],
    [['export', '--format', 'csv'], 2, /Allowed choices are parquet/],
    [['export', '--from', 'yesterday'], 2, /Give a time like/],
    [['import', '/nowhere.parquet'], 2, /nowhere.parquet cannot be read/],
    [['import', '/etc/hostname'], 1, /hostname is no file of features; nothing was taken in/],
  ])('%j ends with %i and says why', async (args, code, expected) => {
    const ended = await plumbline('source', ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(expected)]);
  });
});

const isOfVersion2 = (row: unknown): boolean => (row as { feature_set_version: number }).feature_set_version === 2;
