import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus, openOutbox, startCollector } from '@plumbline/collector';
import type { Collector } from '@plumbline/collector';
import type { Batch } from '@plumbline/contracts';
import { system_clock } from '@plumbline/contracts';
import { engine } from '@plumbline/engines/postgresql/index';
import { startLocalServer } from '@plumbline/engines/postgresql/local-server';
import type { LocalServer } from '@plumbline/engines/postgresql/local-server';
import { collectTools } from '@plumbline/server/collect-tools';
import { demoInstance } from '@plumbline/server/demo/index';
import { createShop } from '@plumbline/server/demo/shop';
import { FeatureExtractor, normalize } from '@plumbline/sql';
import { captured_tables } from './capture-file.js';
import type { Capture, CapturedRow, CapturedRows, CapturedTable } from './capture-file.js';
import { load_statements, startFaultLoad } from './load.js';
import type { Scenario } from './scenarios.js';

const warm_up_s = 10;
const before_s = 110;
const after_s = 80;
const tables_sql = readFileSync(new URL('./tables.sql', import.meta.url), 'utf8');

/**
 * One capture: a real PostgreSQL under a steady load, read by the collector as in production but every two seconds, with
 * a real fault in the middle. What is kept are the batches' own rows: differences of counters, no literals.
 */
export async function capture(scenario: Scenario): Promise<Capture> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-capture-'));
  chmodSync(directory, 0o755); // PostgreSQL runs as another user when this runs as root
  const server = await startLocalServer({
    directory: join(directory, 'server'),
    prefer: 'system',
    settings: { track_io_timing: 'on' },
  });
  try {
    return await captureOf(scenario, server, directory);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function captureOf(scenario: Scenario, server: LocalServer, directory: string): Promise<Capture> {
  const pool = await createShop(server);
  await pool.query(tables_sql);
  await pool.query(`ALTER SYSTEM SET work_mem = '32MB'`);
  await pool.query('SELECT pg_reload_conf()');
  const load = startFaultLoad(pool, 1);
  await pause(warm_up_s);
  const recording = await startRecording(server, directory);
  const captured_from = new Date();
  await pause(before_s);
  const fault_at = new Date();
  const end = await scenario.apply({ server, pool, load });
  await pause(after_s);
  const captured_to = new Date();
  const rows = await recording.stop();
  await end();
  await load.stop();
  await pool.end();
  return {
    header: {
      name: scenario.name,
      fault: scenario.sentence,
      engine: 'postgresql',
      server_version: server.server_version,
      interval_s: 2,
      captured_from: captured_from.toISOString(),
      fault_at: fault_at.toISOString(),
      captured_to: captured_to.toISOString(),
      cores: cpus().length,
      statements: load_statements.map(({ name, runs_per_s, sql }) => ({ name, runs_per_s, ...textOf(sql) })),
    },
    rows,
  };
}

function textOf(sql: string): { readonly query_hash: string; readonly template: string } {
  const { query_hash, template } = normalize(sql, 'postgresql');
  return { query_hash, template };
}

interface Recording {
  stop(): Promise<CapturedRows>;
}

async function startRecording(server: LocalServer, directory: string): Promise<Recording> {
  const extractor = new FeatureExtractor();
  await extractor.warmUp(['postgresql']);
  const bus = createBus('memory:');
  const rows = Object.fromEntries(captured_tables.map((table) => [table, [] as CapturedRow[]])) as Record<
    CapturedTable,
    CapturedRow[]
  >;
  await bus.subscribe(async (arrivals) => {
    for (const { content } of arrivals) keep(content as Batch, rows);
    return arrivals.length;
  });
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 256 * 2 ** 20, log: () => undefined });
  const collector: Collector = startCollector({
    engines: [engine],
    instances: [demoInstance(server.host, server.port)],
    resolvePassword: async () => '',
    tools: collectTools(extractor),
    clock: system_clock,
    log: () => undefined,
    ...{ outbox, bus },
  });
  return {
    async stop() {
      await collector.drain(10_000);
      await collector.stop();
      await outbox.close();
      await bus.close();
      await extractor.close();
      return rows;
    },
  };
}

function keep(batch: Batch, rows: Record<CapturedTable, CapturedRow[]>): void {
  for (const { table, ndjson } of batch.tables) {
    if (!(captured_tables as readonly string[]).includes(table)) continue;
    for (const line of ndjson.split('\n')) rows[table as CapturedTable].push(slim(JSON.parse(line) as CapturedRow));
  }
}

/** Without what is the same for all rows or random, and with six digits of a sum of squares: the rest is noise. */
function slim({ instance_id: _instance, batch_id: _batch, native_id: _native, ...row }: CapturedRow): CapturedRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
    ]),
  );
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
