import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate, openStore, StoreError, type Store } from '@plumbline/clickhouse';
import { createBus } from '../bus/bus.js';
import { startDelivery } from '../delivery.js';
import { silent_log } from '../log.js';
import { openOutbox } from '../outbox/open.js';
import { minuteBatch } from '../testing/batches.js';
import { startSink } from './sink.js';

let directory: string;
let store: Store;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-sink-'));
  store = await openStore(`chdb://${directory}/store`);
  await migrate(store);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function callsOf(batch_id: string): Promise<number> {
  const [row] = await store.query<{ calls: string }>(
    'SELECT sum(calls) AS calls FROM query_deltas WHERE batch_id = {batch_id:String}',
    { params: { batch_id } },
  );
  return Number(row?.calls);
}

test('a batch published twice is counted once, in the table and in the rollup', async () => {
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const batch = await minuteBatch(0);
  await bus.publish(batch);
  await bus.publish(batch);
  expect(await callsOf(batch.batch_id)).toBe(21);
  const [hour] = await store.query<{ calls: string }>('SELECT sum(calls) AS calls FROM query_hourly');
  expect(Number(hour?.calls)).toBe(21);
  await sink.stop();
});

test('a fact tells when it arrived, not when its window ended', async () => {
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const batch = await minuteBatch(30);
  const before = Date.now();
  await bus.publish(batch);
  const [row] = await store.query<{ stored_ms: string }>(
    'SELECT max(toUnixTimestamp64Milli(stored_at)) AS stored_ms FROM query_deltas WHERE batch_id = {batch_id:String}',
    { params: { batch_id: batch.batch_id } },
  );
  expect(Number(row?.stored_ms)).toBeGreaterThanOrEqual(before);
  expect(Number(row?.stored_ms)).toBeLessThanOrEqual(Date.now());
  await sink.stop();
});

test('rows the store cannot read become a dead letter with the reason, the next batch goes on', async () => {
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const good = await minuteBatch(61);
  const poison = await minuteBatch(62);
  const tables = poison.tables.map((part) => ({
    ...part,
    ndjson: part.ndjson.replace('"calls":"7"', '"calls":"seven"'),
  }));
  await bus.publish({ ...poison, tables });
  await bus.publish({
    ...poison,
    batch_id: 'wrong:table',
    tables: [{ table: 'system.users', row_count: 1, ndjson: '{}' }],
  });
  await bus.publish({
    ...poison,
    batch_id: 'blank:line',
    tables: [{ table: 'queries', row_count: 3, ndjson: '{}\n\n{}' }],
  });
  await bus.publish({ nonsense: true } as never);
  await bus.publish(good);
  expect(await callsOf(good.batch_id)).toBe(21);
  const letters = await store.query<{ batch_id: string; reason: string; raw: string }>(
    'SELECT batch_id, reason, raw FROM dead_letters ORDER BY received_at',
  );
  expect(letters.map((letter) => letter.batch_id)).toEqual([poison.batch_id, 'wrong:table', 'blank:line', '']);
  expect(letters.map((letter) => letter.reason)).toEqual([
    expect.stringMatching(/Code: \d+|parse/i),
    expect.stringContaining('not a table'),
    expect.stringContaining('empty'),
    expect.stringContaining('not a batch'),
  ]);
  expect(letters[0]?.raw).toContain('seven');
  expect(sink.status().dead_letters).toBe(4);
  await sink.stop();
});

test('while the store is down nothing is acknowledged, and afterwards nothing is missing', async () => {
  let is_down = true;
  const failing: Store = {
    query: (sql, options) => store.query(sql, options),
    command: (sql, options) => store.command(sql, options),
    close: () => store.close(),
    insert: (table, ndjson, options) =>
      is_down ? Promise.reject(new StoreError('connect ECONNREFUSED')) : store.insert(table, ndjson, options),
  };
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store: failing, log: silent_log });
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 2 ** 24, log: silent_log });
  const delivery = startDelivery({ outbox, bus, log: silent_log });
  const batches = await Promise.all(Array.from({ length: 20 }, (_, number) => minuteBatch(200 + number)));
  for (const batch of batches) {
    await outbox.append({ batch });
    delivery.wake();
    await sleep(250);
  }
  expect(outbox.pending().length).toBe(20);
  expect(sink.status().store_error).toContain('ECONNREFUSED');
  is_down = false;
  for (const until = Date.now() + 45_000; outbox.pending().length > 0 && Date.now() < until;) await sleep(50);
  expect(outbox.pending()).toEqual([]);
  expect(await Promise.all(batches.map((batch) => callsOf(batch.batch_id)))).toEqual(batches.map(() => 21));
  await sink.stop();
  await delivery.stop();
  await outbox.close();
}, 30_000);

test('rows per second through the sink and its materialized views are told', async () => {
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const batches = await Promise.all(Array.from({ length: 4 }, (_, number) => minuteBatch(400 + number, 5_000)));
  const began = performance.now();
  for (const batch of batches) await bus.publish(batch);
  const rows_per_s = 20_000 / ((performance.now() - began) / 1_000);
  console.info(`${Math.round(rows_per_s)} rows/s of query_deltas through sink and materialized views`);
  expect(rows_per_s).toBeGreaterThan(500);
  await sink.stop();
});
