import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStore, type Store } from '@plumbline/clickhouse';
import { startLocalServer, type LocalServer } from '@plumbline/engines/postgresql/local-server';
import { unpack } from '@plumbline/engines/postgresql/normalize';
import type { StatementsState } from '@plumbline/engines/postgresql/collect/statements-state';
import pg from 'pg';
import type { CrashRunnerSettings } from './testing/crash-runner.js';

/** One line per entry; the collector's own statements, and this one, have its mark behind their first word. */
const counters_sql = `SELECT /* plumbline */ dbid || '.' || userid || '.' || left(toplevel::text, 1) || '.' || queryid AS key,
  queryid::text AS id, calls::text, rows::text, total_exec_time AS time_ms,
  ((shared_blks_hit + shared_blks_read + local_blks_hit + local_blks_read) * 8192)::text AS bytes
FROM pg_stat_statements WHERE query NOT LIKE '%/* plumbline */%'`;

interface Counted {
  readonly key: string;
  readonly id: string;
  readonly calls: string;
  readonly rows: string;
  readonly time_ms: number;
  readonly bytes: string;
}

/** What happened since the baseline, by statement id. */
function sinceBaseline({ key, id, calls, rows, time_ms, bytes }: Counted, baseline: StatementsState): SumRow {
  const packed = baseline.entries[key]?.[1];
  const before = packed && unpack(packed);
  const whole = (now: string, then = 0n): string => (BigInt(now) - then).toString();
  return {
    id,
    sums: [
      whole(calls, before?.calls),
      whole(rows, before?.rows_returned),
      whole(String(Math.round(time_ms * 1000)), before?.total_time_us),
      whole(bytes, before?.logical_read_bytes),
    ],
  };
}

const kills = 26;
/** A collector is killed after 0 to 3 readings were written ahead: however slow the machine, it gets on. */
const most_readings = 3;
const interval_s = 0.3;
/** Every other one just while it writes ahead, the others anywhere in an interval. */
const writing_ms = 12;
const runner = fileURLToPath(new URL('./testing/crash-runner.js', import.meta.url));

let directory: string;
let server: LocalServer | undefined;
let stopLoad: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-crash-'));
  chmodSync(directory, 0o755); // the server runs as another user when this is root
  server = await startLocalServer({ directory: join(directory, 'postgresql') });
});
afterAll(async () => {
  await stopLoad(); // a failed test left it running
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** mulberry32: the same moments each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function startRunner(mode: CrashRunnerSettings['mode'], port: number) {
  const settings: CrashRunnerSettings = { mode, directory, port, interval_s };
  const child = spawn(process.execPath, [runner, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const first_line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
    child.once('exit', () => reject(new Error(`the runner ended: ${errors}`)));
  });
  /** The exit code, or the signal that ended it. */
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  /** Resolves as the reading of this number begins to be written ahead; at once for none. */
  const writesAhead = async (readings: number): Promise<void> => {
    while (output.split('append\n').length <= readings) {
      if (child.exitCode !== null) throw new Error(`the runner ended: ${errors}`);
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
  };
  return { child: child as ChildProcess, first_line, writesAhead, ended, output: () => output };
}

async function startLoad(url: string): Promise<() => Promise<void>> {
  const clients = [0, 1].map(() => new pg.Client({ connectionString: url }));
  for (const client of clients) await client.connect();
  let is_running = true;
  const loops = clients.map(async (client) => {
    for (let turn = 0; is_running; turn += 1) {
      await client.query('SELECT count(*) FROM goods WHERE price > $1', [turn % 100]);
      await client.query('UPDATE goods SET price = price + 1 WHERE id = $1', [turn % 500]);
      // A new statement now and then: entries appear between two readings.
      await client.query(`SELECT ${'id, '.repeat(1 + (turn % 40))} price FROM goods LIMIT 3`);
      await sleep(2);
    }
    await client.end();
  });
  return async () => {
    is_running = false;
    await Promise.all(loops);
  };
}

interface SumRow {
  readonly id: string;
  readonly sums: readonly string[];
}
const sums = `[toString(sum(calls)), toString(sum(rows_returned)), toString(sum(total_time_us)), toString(sum(logical_read_bytes))]`;
const sumsBy = (store: Store, id: string, table: string) =>
  store.query<SumRow>(`SELECT ${id} AS id, ${sums} AS sums FROM ${table} GROUP BY id ORDER BY id`);

/** Every reading but the baseline has this metric: windows that do not touch name the reading that was lost. */
const windows_sql = `SELECT toString(window_start) AS begin, toString(window_end) AS end FROM instance_metrics
  WHERE metric = 'statements.entries' ORDER BY window_start`;

test(`a collector killed ${kills} times at random moments under load stores every call exactly once`, async () => {
  if (server === undefined) throw new Error('no server');
  const { port } = server;
  const url = server.url();
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server stops under it when the test fails
  await client.connect();
  await client.query('CREATE EXTENSION pg_stat_statements');
  await client.query('CREATE TABLE goods AS SELECT i AS id, i % 100 AS price FROM generate_series(1, 500) i');
  stopLoad = await startLoad(url);
  const first = startRunner('baseline', port);
  const baseline = JSON.parse(await first.first_line) as StatementsState;
  await first.ended;

  const random = seeded(20_261_121);
  for (let kill = 0; kill < kills; kill += 1) {
    const { child, first_line, writesAhead, ended } = startRunner('run', port);
    await first_line;
    await writesAhead(Math.floor(random() * (most_readings + 1)));
    await sleep(random() * (kill % 2 === 0 ? writing_ms : interval_s * 1_000));
    child.kill('SIGKILL');
    await ended;
  }
  const last = startRunner('run', port);
  await last.first_line;
  await stopLoad();
  const counted = (await client.query<Counted>(counters_sql)).rows;
  await client.end();
  last.child.kill('SIGTERM');
  expect(await last.ended).toBe(0);
  expect(JSON.parse(last.output().split('\n').at(-1) ?? '')).toMatchObject({ is_delivered: true });

  const store = await openStore(`chdb://${directory}/store`);
  try {
    expect(await store.query('SELECT target_table, reason FROM dead_letters')).toEqual([]);
    const windows = await store.query<{ begin: string; end: string }>(windows_sql);
    expect(windows.slice(1).filter(({ begin }, place) => begin !== windows[place]?.end)).toEqual([]);
    expect(windows.length).toBeGreaterThan(kills);

    const raw = await sumsBy(store, 'native_id', 'query_deltas');
    const expected = counted.map((row) => sinceBaseline(row, baseline));
    const changed = expected.filter((row) => row.sums[0] !== '0').sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(changed.length).toBeGreaterThan(40);
    expect(raw).toEqual(changed);

    const by_hash = await sumsBy(store, 'query_hash', 'query_deltas');
    expect(await sumsBy(store, 'query_hash', 'query_hourly')).toEqual(by_hash);
    expect(await sumsBy(store, 'query_hash', 'query_daily')).toEqual(by_hash);
    const by_instance = 'SELECT instance_id, sum(calls) AS calls, sum(total_time_us) AS time_us';
    expect(await store.query(`${by_instance} FROM instance_minutes GROUP BY instance_id`)).toEqual(
      await store.query(`${by_instance} FROM query_deltas GROUP BY instance_id`),
    );
  } finally {
    await store.close();
  }
}, 480_000);
