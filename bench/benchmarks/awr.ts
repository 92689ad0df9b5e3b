/**
 * An AWR snapshot of 1,000 statements, from the views to the store: the collector's own reading (SQLSTAT, texts in
 * hundreds, templates, features by the parser), the outbox, the bus, the sink and the embedded engine. The views are the
 * stand-in's tables in a PostgreSQL on this machine (engines/oracle/TYPES.md); no Oracle server has been measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { createBus, openOutbox, startCollector, startSink } from '@plumbline/collector';
import type { Collector } from '@plumbline/collector';
import { instance_config_schema, system_clock } from '@plumbline/contracts';
import { engine } from '@plumbline/engines/oracle/index';
import { optionsOf } from '@plumbline/engines/oracle/options';
import * as history from '@plumbline/engines/oracle/testing/awr-history';
import { openStandIn, startOracleStandIn } from '@plumbline/engines/oracle/testing/stand-in';
import type { StandIn } from '@plumbline/engines/testing/relational/stand-in';
import { collectTools } from '@plumbline/server/collect-tools';
import { FeatureExtractor } from '@plumbline/sql';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const statements = 1_000;
const rounds = 7;
const target_s = 5;

/** Of the length that applications write: a dozen columns, a join, a few conditions; each another template. */
function textOf(number: number): string {
  const columns = Array.from({ length: 12 }, (_, place) => `o.column_${(number * 7 + place) % 997}`).join(', ');
  return (
    `SELECT ${columns}, c.name FROM orders_${number} o JOIN customers c ON c.id = o.customer_id ` +
    `WHERE o.shop_id = :shop AND o.made_at >= TO_DATE('2026-01-${(number % 28) + 1}', 'YYYY-MM-DD') ` +
    `AND o.status IN ('open', 'paid') AND o.total > ${number} ORDER BY o.made_at DESC`
  );
}

/** Each another number that a double cannot hold; the last statement of a snapshot has the greatest of 20 digits. */
const elapsedOf = (number: number): bigint =>
  number % statements === statements - 1 ? 2n ** 64n - 1n : 2n ** 53n + 2n * BigInt(number) + 1n;

const hourOf = (snap_id: number): string => new Date(Date.UTC(2026, 10, 1) + snap_id * 3_600_000).toISOString();

/** One snapshot of statements that nobody has seen: every text must be read. */
async function loadSnapshot(stand_in: StandIn, snap_id: number): Promise<void> {
  const numbers = Array.from({ length: statements }, (_, place) => snap_id * statements + place);
  await stand_in.load('DBA_HIST_SNAPSHOT', [history.snapshotRow({ snap_id, end: hourOf(snap_id) })]);
  await stand_in.load(
    'DBA_HIST_SQLTEXT',
    numbers.map((number) => history.sqlTextRow(history.sqlIdOf(number), textOf(number))),
  );
  await stand_in.load(
    'DBA_HIST_SQLSTAT',
    numbers.map((number) =>
      history.sqlStatRow({ snap_id, sql_id: history.sqlIdOf(number), executions: 3n, elapsed_us: elapsedOf(number) }),
    ),
  );
}

interface Cost {
  readonly elapsed_s: number;
  /** Of this process, all threads: what a busy machine does not change. */
  readonly cpu_s: number;
}

async function readingCost(collector: Collector): Promise<Cost> {
  const started_at = performance.now();
  const cpu = process.cpuUsage();
  const [status] = await collector.collectNow('awr', 'statements');
  if (status?.state !== 'ok') throw new Error(`the reading is ${status?.state ?? 'missing'}: ${status?.message ?? ''}`);
  if (!(await collector.drain(60_000))) throw new Error('the batch did not reach the store within a minute');
  const { user, system } = process.cpuUsage(cpu);
  return { elapsed_s: (performance.now() - started_at) / 1_000, cpu_s: (user + system) / 1e6 };
}

async function measure(stand_in: StandIn, store: Store, directory: string, say: (line: string) => void) {
  const extractor = new FeatureExtractor();
  await extractor.warmUp(['oracle']);
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: () => undefined });
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 256 * 2 ** 20, log: () => undefined });
  const collector = startCollector({
    engines: [{ ...engine, connect: (target) => openStandIn(stand_in, { options: optionsOf(target) }) }],
    // Nothing is read by the clock: only when it is measured.
    instances: [instanceOf(stand_in)],
    outbox,
    ...{ bus, tools: collectTools(extractor), clock: system_clock, log: () => undefined },
    resolvePassword: () => Promise.resolve(''),
  });
  const costs: Cost[] = [];
  await readingCost(collector);
  for (let snap_id = 2; snap_id < rounds + 2; snap_id++) {
    await loadSnapshot(stand_in, snap_id);
    const cost = await readingCost(collector);
    say(`snapshot ${snap_id}: ${cost.elapsed_s.toFixed(2)} s, ${cost.cpu_s.toFixed(2)} s of processor time`);
    costs.push(cost);
  }
  await collector.stop();
  await outbox.close();
  await sink.stop();
  await bus.close();
  await extractor.close();
  return costs;
}

const instanceOf = ({ server }: StandIn) =>
  instance_config_schema.parse({
    ...{ name: 'awr', engine: 'oracle', host: server.host, port: server.port, database_name: 'ORCL', tls: 'off' },
    ...{ user_name: 'PLUMBLINE', options: { diagnostics_pack_licensed: true }, interval_s: 3_600 },
    aspects: {
      statements: { budget_ms: 60_000 },
      ...Object.fromEntries(
        engine.aspects.filter(({ name }) => name !== 'statements').map(({ name }) => [name, { enabled: false }]),
      ),
    },
  });

/** Every statement once, under its own text, and every number to its last digit. */
async function checkStored(store: Store): Promise<void> {
  const rows = await store.query<{ native_id: string; calls: string; time_us: string; texts: string }>(
    `SELECT native_id, toString(calls) AS calls, toString(total_time_us) AS time_us,
      toString((SELECT uniqExact(query_hash) FROM queries)) AS texts FROM query_deltas`,
  );
  const expected = new Map<string, bigint>();
  for (let number = 2 * statements; number < (rounds + 2) * statements; number++) {
    expected.set(history.sqlIdOf(number), elapsedOf(number));
  }
  const right = rows.filter((row) => row.calls === '3' && expected.get(row.native_id) === BigInt(row.time_us));
  const [texts] = rows.map((row) => Number(row.texts));
  if (rows.length !== expected.size || right.length !== expected.size || texts !== expected.size) {
    throw new Error(
      `${rows.length} rows stored, ${right.length} right, ${texts} texts; expected ${expected.size} of each`,
    );
  }
}

function figuresOf(costs: readonly Cost[]): Figure[] {
  const elapsed = costs.map(({ elapsed_s }) => elapsed_s);
  const worst_s = Math.max(...elapsed);
  const what = `an AWR snapshot of ${statements} new statements with their texts, collected and stored`;
  return [
    {
      figure: `${what}, median of ${rounds}`,
      measured: `${percentile(elapsed, 0.5).toFixed(2)} s`,
      target: '—',
      is_met: null,
    },
    {
      figure: 'the slowest of them',
      measured: `${worst_s.toFixed(2)} s`,
      target: `≤ ${target_s} s`,
      is_met: worst_s <= target_s,
    },
    {
      figure: 'processor time of collector, parser, sink and embedded engine for one, median',
      measured: `${percentile(
        costs.map(({ cpu_s }) => cpu_s),
        0.5,
      ).toFixed(2)} s`,
      target: '—',
      is_met: null,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'awr',
  summary: 'an AWR snapshot of 1,000 statements from the stand-in’s views into the embedded engine',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-awr-'));
    const stand_in = await startOracleStandIn();
    const store = await openStore(`chdb://${join(directory, 'store')}`);
    try {
      await history.loadDatabase(stand_in);
      await loadSnapshot(stand_in, 1);
      await migrate(store);
      const costs = await measure(stand_in, store, directory, say);
      await checkStored(store);
      return figuresOf(costs);
    } finally {
      await store.close();
      await stand_in.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
