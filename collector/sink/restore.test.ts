import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { migrate } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { openBackupStore } from '@plumbline/clickhouse/testing/backup-store';
import type { BackupStore } from '@plumbline/clickhouse/testing/backup-store';
import type { Arrival, BusHandler } from '../bus/bus.js';
import { silent_log } from '../log.js';
import { minuteBatch } from '../testing/batches.js';
import { everywhere, storeSums } from '../testing/store-sums.js';
import { startSink } from './sink.js';

/** The runbook's way back from a backup: the database restored, and a topic read again from before it. */
const directory = mkdtempSync(join(tmpdir(), 'plumbline-restore-'));
let engine: BackupStore;
let topic: readonly Arrival[];
beforeAll(async () => {
  engine = await openBackupStore(directory);
  await migrate(engine.store);
  const batches = await Promise.all([0, 1, 2, 3, 4].map((number) => minuteBatch(number)));
  topic = batches.map((batch, offset) => ({
    content: Buffer.from(JSON.stringify(batch)),
    place: { lane: 'shop.batches/0', offset },
  }));
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const table of ['query_deltas', 'query_hourly', 'query_daily', 'sink_intents', 'stored_batches'])
    await engine.store.command(`TRUNCATE TABLE ${table}`);
});

/** A new sink that is given these, as many times as it asks for. */
async function store(arrivals: readonly Arrival[], on: Store = engine.store): Promise<void> {
  let handler: BusHandler = async () => 0;
  const bus = {
    publish: async () => undefined,
    subscribe: async (given: BusHandler) => void (handler = given),
    close: async () => undefined,
  };
  const sink = await startSink({ bus, store: on, log: silent_log });
  for (let through = 0; through < arrivals.length;) through += await handler(arrivals.slice(through));
  await sink.stop();
}

const emitted = (count: number) =>
  everywhere({
    windows: String(count * 3),
    calls: String(count * 21),
    total_time_us: String(BigInt(count * 21) * 10n ** 15n),
  });

it('a topic read again from before a backup counts what the backup lacks, and nothing twice', async () => {
  await store(topic.slice(0, 3));
  await engine.backUp('whole');
  await store(topic.slice(3));
  await engine.restore('whole');
  expect(await storeSums(engine.store)).toEqual(emitted(3));
  await store(topic);
  expect(await storeSums(engine.store)).toEqual(emitted(5));
});

/** Why the runbook stops the sinks first: the engine does not put its deduplication tokens into a backup. */
it('a backup taken between an insert and its note has the rows, not that they are stored: they count twice', async () => {
  let is_first = true;
  const during: Store = {
    query: (sql, options) => engine.store.query(sql, options),
    command: (sql, options) => engine.store.command(sql, options),
    close: async () => undefined,
    async insert(table, ndjson, options) {
      if (table === 'stored_batches' && is_first) {
        is_first = false;
        await engine.backUp('amid');
      }
      await engine.store.insert(table, ndjson, options);
    },
  };
  await store(topic, during);
  await engine.restore('amid');
  expect(await storeSums(engine.store)).toEqual(emitted(5));
  await store(topic);
  expect(await storeSums(engine.store)).toEqual(emitted(10));
});
