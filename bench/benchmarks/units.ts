/**
 * What one row and one insert cost, each in processor time and bytes: what docs/capacity.md is computed from. Processor
 * time is that of the whole process, the engine's threads and its merges until the insert is answered included.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { createBus, silent_log, startSink } from '@plumbline/collector';
import { makeBatch } from '@plumbline/collector/make-batch';
import { deltaRow, minute } from '@plumbline/collector/testing/batches';
import { seededRandom } from '@plumbline/server/demo/workload';
import type { Batch } from '@plumbline/contracts';
import type { Benchmark, Figure } from '../figure.js';

const large = { rows: 20_000, inserts: 10 };
const small = { rows: 100, inserts: 60 };

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const random = seededRandom(1);
const upTo = (most: number): bigint => BigInt(Math.floor(random() * most));
let minutes = 0;

/** A minute of so many statements: ids always alike, counters as uneven as a server's. */
async function next(rows: number): Promise<Batch> {
  minutes += 1;
  const window = { window_start: minute(minutes), window_end: minute(minutes + 1) };
  const query_deltas = Array.from({ length: rows }, (_, query) => ({
    ...deltaRow(minutes, query * 2_654_435_761, 1n + upTo(500)),
    percentile_origin: 'means' as const,
    bucket_upper_us: [],
    bucket_calls: [],
    total_time_us: upTo(5_000_000),
    rows_returned: upTo(10_000),
    logical_read_bytes: 8_192n * upTo(5_000),
    physical_read_bytes: 8_192n * upTo(50),
  }));
  const batch = await makeBatch({ instance_id: 'shop', aspect: 'statements', ...window, rows: { query_deltas } });
  if (batch === undefined) throw new Error('a batch of no rows');
  return batch;
}

const bytesOf = ({ tables }: Batch): Buffer => Buffer.from(tables.map(({ ndjson }) => ndjson).join('\n'));

/** What `work` costs on average, the engine's merges between the calls included; the first call warms up. */
async function meanCpuMs(times: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const before = cpuMs();
  for (let time = 0; time < times; time += 1) await work();
  return (cpuMs() - before) / times;
}

/** As Kafka's client would press it; Node has no lz4, the engine has. */
async function lz4Bytes(store: Store, directory: string, batch: Batch): Promise<number> {
  const [plain, pressed] = [join(directory, 'batch.json'), join(directory, 'batch.lz4')];
  writeFileSync(plain, bytesOf(batch));
  await store.command(
    `INSERT INTO FUNCTION file('${pressed}', 'RawBLOB', 'whole String', 'lz4')
     SELECT whole FROM file('${plain}', 'RawBLOB', 'whole String')`,
  );
  return statSync(pressed).size;
}

async function measure(store: Store, directory: string, say: (line: string) => void): Promise<readonly Figure[]> {
  await migrate(store);
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const made_ms = await meanCpuMs(large.inserts, async () => bytesOf(await next(large.rows)));
  const storeAll = async ({ rows, inserts }: typeof large): Promise<number> => {
    const batches = await Promise.all(Array.from({ length: inserts + 1 }, () => next(rows)));
    return meanCpuMs(inserts, async () => bus.publish(batches.pop() as Batch));
  };
  const small_ms = await storeAll(small);
  const large_ms = await storeAll(large);
  await sink.stop();
  await bus.close();
  const per_row_us = ((large_ms - small_ms) / (large.rows - small.rows)) * 1000;
  say(
    `${large.rows} rows: made in ${made_ms.toFixed(0)} ms, stored in ${large_ms.toFixed(0)} ms; ${small.rows} in ${small_ms.toFixed(1)}`,
  );
  const batch = await next(500);
  const plain = bytesOf(batch).length / 500;
  const pressed = (await lz4Bytes(store, directory, batch)) / 500;
  const figure = (name: string, measured: string): Figure => ({ figure: name, measured, target: '—', is_met: null });
  return [
    figure('processor time to make a row of query_deltas as JSON', `${((made_ms / large.rows) * 1000).toFixed(1)} µs`),
    figure('processor time to store a row, materialized views included', `${per_row_us.toFixed(1)} µs`),
    figure(
      'processor time of an insert beside its rows',
      `${(small_ms - (per_row_us * small.rows) / 1000).toFixed(1)} ms`,
    ),
    figure('bytes of a row on its way, in batches of 500', `${plain.toFixed(0)} B`),
    figure('the same after lz4', `${pressed.toFixed(0)} B`),
  ];
}

const benchmark: Benchmark = {
  name: 'units',
  summary: 'what one row and one insert cost',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-units-'));
    const store = await openStore(`chdb://${join(directory, 'store')}`);
    try {
      return await measure(store, directory, say);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
