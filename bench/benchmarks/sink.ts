/**
 * What the road costs: rows per second from a published batch through sink, store and materialized views, as a share
 * of the same bytes given straight to a session of the same engine (chdb's own call, its default settings, no fsync,
 * the same table and materialized views), both within one run and alternating.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { createBus, startSink } from '@plumbline/collector';
import { batch_schema_version, encodeRow, utc, zero_measures } from '@plumbline/contracts';
import type { Batch } from '@plumbline/contracts';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const rows_per_batch = 5_000;
const batches_per_round = 10;
const rounds = 6;
const target_share = 0.6;

/** One poll of 5,000 statements; every round and road gets windows of its own so that nothing is deduplicated. */
function batch(number: number): Batch {
  const window_start = utc(new Date(Date.UTC(2026, 10, 1) + number * 60_000));
  const window_end = utc(new Date(Date.UTC(2026, 10, 1) + (number + 1) * 60_000));
  const batch_id = `bench:statements:${number}`;
  const lines = Array.from({ length: rows_per_batch }, (_, query) =>
    encodeRow({
      ...zero_measures,
      instance_id: 'bench',
      query_hash: query.toString(16).padStart(16, '0'),
      window_start,
      window_end,
      database_name: 'shop',
      user_name: 'app',
      native_id: String(query * 7_919),
      is_nested: 0,
      plan_hash: '',
      min_time_us: null,
      max_time_us: null,
      bucket_upper_us: [],
      bucket_calls: [],
      percentile_origin: 'means',
      flags: [],
      batch_id,
      calls: BigInt(1 + ((query * number) % 50)),
      total_time_us: BigInt(1 + ((query * 31 + number) % 90_000)),
      rows_returned: BigInt(query % 100),
      logical_read_bytes: BigInt(8_192 * (query % 64)),
    }),
  );
  return {
    schema_version: batch_schema_version,
    batch_id,
    instance_id: 'bench',
    aspect: 'statements',
    window_start,
    window_end,
    tables: [{ table: 'query_deltas', row_count: rows_per_batch, ndjson: lines.join('\n') }],
  };
}

async function rowsPerSecond(batches: readonly Batch[], carry: (batch: Batch) => Promise<void>): Promise<number> {
  const started_at = performance.now();
  for (const one of batches) await carry(one);
  return (batches.length * rows_per_batch) / ((performance.now() - started_at) / 1000);
}

async function measure(store: Store, engine: Session, say: (line: string) => void): Promise<readonly Figure[]> {
  await migrate(store);
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: () => undefined });
  const straight: number[] = [];
  const through: number[] = [];
  let number = 0;
  const next = () => Array.from({ length: batches_per_round }, () => batch(number++));

  for (let round = 0; round <= rounds; round++) {
    const straight_rate = await rowsPerSecond(next(), async ({ tables: [table] }) => {
      await engine.queryAsync(`INSERT INTO plumbline.query_deltas FORMAT JSONEachRow\n${table?.ndjson ?? ''}`);
    });
    const through_rate = await rowsPerSecond(next(), (one) => bus.publish(one));
    // The first round warms up both roads.
    if (round === 0) continue;
    say(`round ${round}: straight ${straight_rate.toFixed(0)}, through the sink ${through_rate.toFixed(0)} rows/s`);
    straight.push(straight_rate);
    through.push(through_rate);
  }
  await sink.stop();
  await bus.close();

  const [stored] = await store.query<{ rows: string }>('SELECT count() AS rows FROM query_deltas');
  const expected = number * rows_per_batch;
  if (Number(stored?.rows) !== expected) throw new Error(`${stored?.rows} rows stored, ${expected} sent`);
  const share = percentile(through, 0.5) / percentile(straight, 0.5);
  return [
    {
      figure: `rows/s through sink and materialized views, batches of ${rows_per_batch}, median of ${rounds} rounds`,
      measured: `${Math.round(percentile(through, 0.5) / 1000)} k/s`,
      target: '—',
      is_met: null,
    },
    {
      figure: "the same as a share of the engine's own rate for the same bytes",
      measured: share.toFixed(2),
      target: `≥ ${target_share}`,
      is_met: share >= target_share,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'sink',
  summary: 'rows per second through sink and materialized views into the embedded engine',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-sink-'));
    const store = await openStore(`chdb://${join(directory, 'store')}`);
    const engine = new Session(join(directory, 'store'));
    try {
      return await measure(store, engine, say);
    } finally {
      engine.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
