import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readsAtOnce } from './chdb/threadpool.js';
import { openStore } from './open.js';
import { storeContract } from './store.contract.js';

const directory = (): string => mkdtempSync(join(tmpdir(), 'plumbline-store-'));

storeContract('embedded', async () => {
  const path = directory();
  const store = await openStore(`chdb://${path}`);
  const close = async (): Promise<void> => {
    await store.close();
    rmSync(path, { recursive: true });
  };
  return { store, close };
});

test('closing waits for what is in flight, and what was stored is there after reopening', async () => {
  const path = directory();
  const store = await openStore(`chdb://${path}`);
  await store.command('CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n');
  const rows = Array.from({ length: 50_000 }, (_, n) => JSON.stringify({ n })).join('\n');
  const inserting = store.insert('kept', rows, { token: 'kept' });
  const asking = store.query('SELECT sleep(0.5) AS slept');
  await store.close();
  await expect(inserting).resolves.toBeUndefined();
  await expect(asking).resolves.toHaveLength(1);
  await expect(store.query('SELECT 1')).rejects.toThrow('the store is closed');
  const again = await openStore(`chdb://${path}`);
  expect(await again.query('SELECT count() AS n FROM kept')).toEqual([{ n: '50000' }]);
  await again.close();
  rmSync(path, { recursive: true });
});

test('a second process is told which process has the directory', async () => {
  const path = directory();
  const store = await openStore(`chdb://${path}`);
  const open_js = new URL('./open.js', import.meta.url).href;
  const program = `import('${open_js}').then(({ openStore }) => openStore('chdb://${path}')).catch((e) => console.log(e.message))`;
  const second = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  expect(second.stdout).toContain(`process ${process.pid} has the data directory ${path} open`);
  await store.close();
  rmSync(path, { recursive: true });
});

test.each([
  ['ftp://host/db', 'begins with chdb:/// or http(s)://'],
  ['chdb://', 'needs a directory'],
])('the address %s is refused', async (address, message) => {
  await expect(openStore(address)).rejects.toThrow(message);
});

test('a server that is not there is an error that names no password', async () => {
  const opening = openStore('http://someone:hunter2@127.0.0.1:9/plumbline');
  await expect(opening).rejects.toThrow(/ECONNREFUSED/);
  await expect(opening).rejects.not.toThrow(/hunter2/);
});

test.each([
  [undefined, 2],
  ['4', 2],
  ['2', 2],
  ['1', 1],
  ['12', 8],
  ['64', 8],
  ['many', 2],
])('with UV_THREADPOOL_SIZE %s, %i reads run at once', (size, reads) => {
  expect(readsAtOnce(size)).toBe(reads);
});
