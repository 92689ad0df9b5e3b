import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { utc } from '@plumbline/contracts';
import { migrate } from './migrate.js';
import { openStore } from './open.js';
import type { Store } from './store.js';
import { mergedPercentiles } from './testing/merged-percentiles.js';

/** Runs reach the rollups over query_deltas, by views on views: what repeats and broken inserts do to that. */
const path = mkdtempSync(join(tmpdir(), 'plumbline-runs-'));
let store: Store;
beforeAll(async () => {
  store = await openStore(`chdb://${path}`);
  await migrate(store);
});
afterAll(async () => {
  await store.close();
  rmSync(path, { recursive: true, force: true });
});

const runs = (query_hash: string, count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      ...{
        instance_id: 'lake',
        query_hash,
        native_id: `${query_hash}-${n}`,
        outcome: n % 10 === 0 ? 'failed' : 'completed',
      },
      started_at: utc(new Date(Date.UTC(2026, 10, 20, 10, 0, n))),
      finished_at: utc(new Date(Date.UTC(2026, 10, 20, 10, 0, n, n + 1))),
      total_time_us: String((n + 1) * 1_000),
      rows_returned: '18446744073709551',
    }),
  ).join('\n');

async function countedAs(query_hash: string): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const table of ['query_runs', 'query_deltas', 'query_hourly', 'query_daily']) {
    const calls = table === 'query_runs' ? 'count()' : 'sum(calls)';
    const [row] = await store.query<{ calls: string }>(
      `SELECT ${calls} AS calls FROM ${table} WHERE query_hash = {query_hash:String}`,
      { params: { query_hash } },
    );
    counted[table] = Number(row?.calls);
  }
  return counted;
}

const everywhere = (calls: number) => ({
  query_runs: calls,
  query_deltas: calls,
  query_hourly: calls,
  query_daily: calls,
});

test('a batch of runs that comes twice is counted once, in the table and in every rollup', async () => {
  await store.insert('query_runs', runs('a', 100), { token: 'batch-a:query_runs' });
  await store.insert('query_runs', runs('a', 100), { token: 'batch-a:query_runs' });
  expect(await countedAs('a')).toEqual(everywhere(100));
});

test('an insert that broke off in a rollup is made whole by repeating it', async () => {
  await store.command('RENAME TABLE query_daily TO query_daily_away');
  await expect(store.insert('query_runs', runs('b', 50), { token: 'batch-b:query_runs' })).rejects.toThrow();
  await store.command('RENAME TABLE query_daily_away TO query_daily');
  await store.insert('query_runs', runs('b', 50), { token: 'batch-b:query_runs' });
  expect(await countedAs('b')).toEqual(everywhere(50));
});

test('the percentiles of an hour are those of its single runs, and say so', async () => {
  const [hour] = await store.query<Record<string, unknown>>(
    `SELECT percentile_origin, sum(errors) AS errors, sum(total_time_us) AS total_time_us, sum(rows_returned) AS rows,
       quantilesDDArrayMerge(0.01, 0.5, 0.95, 0.99)(run_times)[2] AS p95_us, max(max_time_us) AS longest_us
     FROM query_hourly WHERE query_hash = 'a' GROUP BY percentile_origin`,
  );
  expect(hour).toMatchObject({ percentile_origin: 'exact', longest_us: 100_000 });
  expect([String(hour?.['errors']), String(hour?.['total_time_us'])]).toEqual(['10', '5050000']);
  expect(String(hour?.['rows'])).toBe('1844674407370955100');
  expect(Math.abs(Number(hour?.['p95_us']) / 95_000 - 1)).toBeLessThan(0.02);
});

test.each(['exact', 'means'] as const)(
  'a thousand hours of origin %s merge into percentiles within 1 %%, in at most 7 kB a state',
  async (origin) => {
    const merged = await mergedPercentiles(store, {
      shape: 'lognormal, sigma 1.5',
      hours: 1_000,
      values: 30_000,
      origin,
    });
    expect(merged.merged_states).toBe(1_000);
    for (const error of merged.relative_errors) expect(error).toBeLessThanOrEqual(0.01);
    expect(merged.merged_state_bytes).toBeLessThanOrEqual(7_000);
    expect(merged.merged_state_bytes).toBeGreaterThan(1_000);
  },
);
