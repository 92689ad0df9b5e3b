import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { checkDrift, migrate } from '../migrate.js';
import { openStore } from '../open.js';
import type { Store } from '../store.js';
import { rollup_tables } from '../tables.js';
import { openBackupStore } from '../testing/backup-store.js';
import { createViews } from '../views.js';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-backup-'));
afterAll(() => rmSync(directory, { recursive: true }));

const lines = Array.from({ length: 300 }, (_, n) =>
  JSON.stringify({ instance_id: 'pg', query_hash: String(n % 9), window_start: '2026-11-20 10:00:00.000', calls: '2' }),
).join('\n');

async function fill(store: Store): Promise<void> {
  await migrate(store);
  await createViews(store);
  await store.insert('query_deltas', lines, { token: 'before the backup' });
}

/** Raw rows, every rollup, the tokens: a batch that was stored before the backup is not counted a second time. */
async function expectWhole(store: Store): Promise<void> {
  expect((await migrate(store)).applied).toEqual([]);
  expect(await checkDrift(store)).toEqual([]);
  await store.insert('query_deltas', lines, { token: 'before the backup' });
  for (const table of ['query_deltas', ...rollup_tables])
    expect(await store.query(`SELECT sum(calls) AS calls FROM ${table}`)).toEqual([{ calls: '600' }]);
}

// The runbook's procedure for a server; the engine takes BACKUP where its configuration allows the path.
test('BACKUP and RESTORE of the database bring everything back after it was dropped', async () => {
  const { store, backUp, restore, close } = await openBackupStore(directory);
  await fill(store);
  await backUp('full');
  await restore('full');
  const sums = await store.query('SELECT sum(calls) AS calls FROM query_daily');
  expect(sums).toEqual([{ calls: '600' }]);
  expect(await checkDrift(store)).toEqual([]);
  expect((await migrate(store)).applied).toEqual([]);
  await close();
});

// The runbook's procedure for the embedded store.
test('a copy of the data directory, taken while no process has it open, is a whole store with its tokens', async () => {
  const [original, copy] = [join(directory, 'store'), join(directory, 'copy')];
  mkdirSync(original);
  const store = await openStore(`chdb://${original}`);
  await fill(store);
  await store.close();
  cpSync(original, copy, { recursive: true, verbatimSymlinks: true });
  rmSync(original, { recursive: true });
  const restored = await openStore(`chdb://${copy}`);
  await expectWhole(restored);
  await restored.close();
});
