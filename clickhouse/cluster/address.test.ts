import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { loadMigrations, migrate } from '../migrate.js';
import { openStore } from '../open.js';
import { createViews, loadViews } from '../views.js';
import { cluster_settings } from './settings.js';

interface Sent {
  readonly sql: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Takes every statement down and answers as an empty server does; the first one: that there is no such database. */
const sent: Sent[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const settings = Object.fromEntries(searchParams);
    const sql = settings['query'] ?? Buffer.concat(chunks).toString();
    sent.push({ sql, settings });
    if (sent.length === 1) {
      response.statusCode = 404;
      response.end('Code: 81. DB::Exception: Database plumbline does not exist. (UNKNOWN_DATABASE)');
    } else response.end(sql.includes('create_table_query') ? '{"name":"t","definition":"d"}\n' : '');
  });
});
let address: string;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plumbline`;
});
afterAll(() => void server.close());
beforeEach(() => void (sent.length = 0));

test('an address with a cluster makes database, tables and views on all its servers', async () => {
  const store = await openStore(`${address}?cluster=plumbline`);
  const { applied } = await migrate(store);
  await createViews(store);
  await store.close();
  expect(applied).toHaveLength(loadMigrations().length);
  const made = sent.map(({ sql }) => sql).filter((sql) => /^\s*(CREATE|ALTER|TRUNCATE)/.test(sql));
  expect(made.length).toBeGreaterThan(60 + loadViews().length);
  for (const sql of made) expect(sql).toContain("ON CLUSTER 'plumbline'");
});

test('every statement to a cluster carries what its answers depend on', async () => {
  const store = await openStore(`${address}?cluster=plumbline`);
  await store.query('SELECT 1');
  await store.insert('query_deltas', '{}', { token: 'once' });
  await store.close();
  const wanted = Object.fromEntries(Object.entries(cluster_settings).map(([name, value]) => [name, String(value)]));
  for (const { settings } of sent.filter(({ sql }) => !sql.includes('CREATE DATABASE'))) {
    expect(settings).toMatchObject(wanted);
  }
});

test('an address without one makes plain tables', async () => {
  const store = await openStore(address);
  await migrate(store);
  await store.close();
  expect(sent.filter(({ sql }) => sql.includes('ON CLUSTER') || sql.includes('Replicated'))).toEqual([]);
});

test("a cluster's name cannot carry SQL", async () => {
  await expect(openStore(`${address}?cluster=${encodeURIComponent("x' SYNC")}`)).rejects.toThrow('not a cluster');
  expect(sent).toEqual([]);
});
