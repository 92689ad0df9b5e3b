import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from './open.js';
import { StoreError } from './store-error.js';
import { isFileStore } from './store.js';
import type { FileStore, Store } from './store.js';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-parquet-'));
const columns = ['id', 'at', 'counts', 'reals', 'lists'];

async function openFileStore(address: string): Promise<Store & FileStore> {
  const store = await openStore(address);
  if (!isFileStore(store)) throw new Error(`${address} gives no files`);
  return store;
}

describe('the embedded engine', () => {
  let store: Store & FileStore;
  beforeAll(async () => {
    store = await openFileStore(`chdb://${directory}/store`);
    for (const table of ['facts', 'copies']) {
      await store.command(
        `CREATE TABLE ${table} (id UInt64, at DateTime64(3, 'UTC'), counts Map(LowCardinality(String), UInt64),
          reals Map(LowCardinality(String), Float64), lists Map(LowCardinality(String), Array(String)))
         ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
      );
    }
    const row = {
      ...{ id: '18446744073709551615', at: '2026-11-21 06:26:50.123', counts: { calls: '9007199254740993' } },
      ...{ reals: { tenth: 0.1, tiny: 5e-324, huge: 1.7976931348623157e308 }, lists: { names: ["it's", 'ü', ''] } },
    };
    await store.insert('facts', `${JSON.stringify(row)}\n${JSON.stringify({ id: '1' })}`, { token: 'facts' });
  });
  afterAll(() => store.close());

  const exported = async (sql: string, name: string): Promise<string> => {
    const path = join(directory, name);
    writeFileSync(path, await store.exportParquet(sql));
    return path;
  };
  const rowsOf = (table: string) => store.query(`SELECT * FROM ${table} ORDER BY id`);

  test('takes back what it gave, to the last digit, and the same token once', async () => {
    const path = await exported('SELECT * FROM facts', "it's a file.parquet");
    for (const _time of [1, 2]) await store.importParquet('copies', columns, path, { token: 'copies' });
    expect(await rowsOf('copies')).toEqual(await rowsOf('facts'));
    expect(await rowsOf('copies')).toMatchObject([{ id: '1' }, { counts: { calls: '9007199254740993' } }]);
  });

  test('refuses a file without a column', async () => {
    const path = await exported('SELECT id, at FROM facts', 'narrow.parquet');
    await expect(store.importParquet('copies', columns, path, { token: 'narrow' })).rejects.toThrow(StoreError);
  });

  test('refuses what is no such file, and one that is not there', async () => {
    const path = join(directory, 'text.parquet');
    writeFileSync(path, 'id,at\n1,2\n');
    await expect(store.importParquet('copies', columns, path, { token: 'text' })).rejects.toThrow(StoreError);
    await expect(store.importParquet('copies', columns, `${path}.none`, { token: 'none' })).rejects.toThrow(StoreError);
  });
});

/** What HTTP carries, byte for byte; that a server's engine reads it is the engine's own business. */
test('over HTTP a file is sent and got as it is', async () => {
  const bytes = Buffer.from([0x50, 0x41, 0x52, 0x31, 0, 255, 10, 13]);
  const asked: { readonly sql: string; readonly token: string; readonly body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    void buffer(request).then((body) => {
      const token = url.searchParams.get('insert_deduplication_token') ?? '';
      asked.push({ sql: url.searchParams.get('query') ?? body.toString(), token, body });
      response.end(asked.at(-1)?.sql.endsWith('FORMAT Parquet') && token === '' ? bytes : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const store = await openFileStore(`http://127.0.0.1:${port}/plumbline`);
  try {
    const path = join(directory, 'sent.parquet');
    writeFileSync(path, bytes);
    expect(Buffer.from(await store.exportParquet('SELECT * FROM facts'))).toEqual(bytes);
    await store.importParquet('facts', ['id', 'at'], path, { token: 'sent' });
    expect(asked.at(-1)).toMatchObject({ sql: expect.stringMatching(/^INSERT INTO facts \(id, at\) FORMAT Parquet/) });
    expect(asked.at(-1)).toMatchObject({ token: 'sent', body: bytes });
  } finally {
    await store.close();
    server.close();
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));
