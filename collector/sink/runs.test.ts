import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate, openStore, type Store } from '@plumbline/clickhouse';
import { system_clock } from '@plumbline/contracts';
import { collectTools, testEngine } from '@plumbline/engines/dremio/testing/tools';
import { join_profile, profileZip } from '@plumbline/engines/dremio/testing/profile-zip';
import { DremioStandIn, password } from '@plumbline/engines/dremio/testing/stand-in';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '../bus/bus.js';
import { collectOnce } from '../collect-once.js';
import { silent_log } from '../log.js';
import { openOutbox } from '../outbox/open.js';
import type { Outbox } from '../outbox/outbox.js';
import { instanceConfig } from '../testing/settings.js';
import { startSink, type Sink } from './sink.js';

/** A source of runs from its history to the rollups, by the collector as it is: Dremio's engine over its stand-in. */
const directory = mkdtempSync(join(tmpdir(), 'plumbline-runs-'));
const bus = createBus('memory:');
let stand_in: DremioStandIn;
let store: Store;
let outbox: Outbox;
let sink: Sink;
beforeAll(async () => {
  stand_in = await DremioStandIn.start({ edition: 'software', history: 'recent_26' });
  store = await openStore(`chdb://${directory}/store`);
  await migrate(store);
  outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 2 ** 26, log: silent_log });
  sink = await startSink({ bus, store, log: silent_log });
});
afterAll(async () => {
  await sink.stop();
  await outbox.close();
  await store.close();
  await stand_in.stop();
  rmSync(directory, { recursive: true, force: true });
});

const collect = () =>
  collectOnce({
    engines: [testEngine()],
    instance: instanceConfig({ name: 'lake', engine: 'dremio', port: stand_in.port, user_name: 'monitor' }),
    resolvePassword: () => Promise.resolve(password),
    ...{ outbox, bus, clock: system_clock, log: silent_log, drain_timeout_ms: 20_000 },
    tools: (_engine, clock, abort) => ({ ...collectTools(), clock, abort }),
  });

const count = async (sql: string): Promise<string> =>
  String((await store.query<{ n: unknown }>(`SELECT toString(${sql}) AS n`))[0]?.n);

/** Twenty digits: the largest that a column holds. */
const biggest = 2n ** 64n - 1n;

test('every aspect is stored without a dead letter, each run once, every digit of 64-bit numbers', async () => {
  await collect();
  for (let n = 0; n < 20; n += 1) {
    const submitted_ms = Date.now();
    stand_in.runs.push({
      ...{ job_id: `run-${n}`, status: n === 0 ? 'FAILED' : 'COMPLETED', query_type: 'JDBC', user_name: 'bi' },
      ...{ query: `SELECT a FROM lake.sales.orders WHERE b = ${n}`, submitted_ms, final_ms: submitted_ms + 1_000 },
      ...(n === 19 ? { over: { rows_scanned: biggest, execution_cpu_time_ns: biggest, bytes_scanned: biggest } } : {}),
    });
    stand_in.profiles.set(`run-${n}`, profileZip(join_profile));
  }
  const reports = [await collect(), await collect()];
  expect(reports.map(({ is_delivered }) => is_delivered)).toEqual([true, true]);
  expect(await count('(SELECT count() FROM dead_letters) + (SELECT count() FROM quarantined_rows)')).toBe('0');
  expect(await count('(SELECT count() FROM query_runs)')).toBe('20');
  for (const table of ['query_deltas', 'query_hourly', 'query_daily', 'instance_minutes'])
    expect([table, await count(`(SELECT sum(calls) FROM ${table})`)]).toEqual([table, '20']);
  expect(await count(`(SELECT max(rows_examined) FROM query_deltas)`)).toBe(biggest.toString());
  const arrivals = (table: string) => count(`(SELECT groupUniqArray(stored_at) FROM ${table})`);
  expect(await arrivals('query_deltas')).toBe(await arrivals('query_runs'));
  expect(await count(`(SELECT max(cpu_time_us) FROM query_runs)`)).toBe((biggest / 1_000n).toString());
  expect(await count(`(SELECT uniqExact(query_hash) FROM query_hourly WHERE percentile_origin = 'exact')`)).toBe('1');
  expect(await count(`(SELECT max(scanned_bytes) FROM query_runs)`)).toBe(biggest.toString());
  for (const table of ['plans', 'queries', 'table_file_snapshots', 'column_snapshots', 'setting_snapshots'])
    expect([table, (await count(`(SELECT count() FROM ${table})`)) !== '0']).toEqual([table, true]);
}, 60_000);
