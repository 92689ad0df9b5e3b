import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { engine } from '@plumbline/engines/postgresql/index';
import { startLocalServer, type LocalServer } from '@plumbline/engines/postgresql/local-server';
import { FeatureExtractor, normalize } from '@plumbline/sql';
import {
  instanceId,
  type DetectorInput,
  type EngineConnection,
  type Finding,
  type JudgedQuery,
  type WhatIf,
} from '@plumbline/contracts';
import { budgetedWhatIf } from '../advisors/budgeted-what-if.js';
import { detectorInput, detectorTools, unprovable, type Given } from '../testing/case-input.js';
import detector from './missing-index.js';

/** A shop on a real PostgreSQL with HypoPG. What each statement takes is given; what plans cost, the planner says. */
const schema = `
  CREATE EXTENSION hypopg;
  CREATE TABLE customers (id int PRIMARY KEY, region int NOT NULL, name text);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status int NOT NULL, placed_at timestamptz);
  CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL, product_id int NOT NULL, quantity int NOT NULL);
  CREATE TABLE visits (id int PRIMARY KEY, customer_id int NOT NULL);
  INSERT INTO customers SELECT g, g % 20, 'customer ' || g FROM generate_series(1, 5000) g;
  INSERT INTO orders SELECT g, 1 + g * 7 % 5000, g % 4, now() - g * interval '1 min' FROM generate_series(1, 50000) g;
  INSERT INTO items SELECT g, 1 + g % 50000, g % 1000, 1 FROM generate_series(1, 150000) g;
  INSERT INTO visits SELECT g, 1 + g * 3 % 5000 FROM generate_series(1, 50000) g;
  ANALYZE;
`;
const joined =
  'SELECT o.id, i.quantity FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id WHERE c.id = ?';

let directory: string;
let server: LocalServer;
let client: Client;
let connection: EngineConnection;
const extractor = new FeatureExtractor();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-advice-'));
  server = await startLocalServer({ directory, prefer: 'system' });
  if (!server.has_hypopg)
    throw new Error('these tests need PostgreSQL with HypoPG: apt-get install postgresql-15-hypopg');
  const admin = new Client({ connectionString: server.url('postgres') });
  await admin.connect();
  await admin.query('CREATE DATABASE shop');
  await admin.end();
  client = new Client({ connectionString: server.url('shop') });
  await client.connect();
  await client.query(schema);
  connection = await engine.connect({
    ...{ instance_id: instanceId('shop'), host: server.host, port: server.port, database_name: 'shop' },
    ...{ user_name: server.superuser, password: '', tls: 'off' },
  });
});
afterAll(async () => {
  await extractor.close();
  await connection.close();
  await client.end();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const tables = [
  { table_name: 'customers', rows: 5_000 },
  { table_name: 'orders', rows: 50_000 },
  { table_name: 'items', rows: 150_000 },
  { table_name: 'visits', rows: 50_000 },
];
const keys = ['customers', 'orders', 'items', 'visits'].map((table_name) => ({
  ...({
    table_name,
    index_name: `${table_name}_pkey`,
    key_columns: ['id'],
    is_unique: 1,
    backs_constraint: 1,
  } as const),
}));
const columns: NonNullable<Given['columns']> = {
  customers: { id: {}, region: { n_distinct: 20 }, name: { data_type: 'text' } },
  orders: { id: {}, customer_id: { n_distinct: 5000 }, status: { n_distinct: 4 }, placed_at: { n_distinct: -1 } },
  items: { id: {}, order_id: { n_distinct: 50_000 }, product_id: { n_distinct: 1000 }, quantity: { n_distinct: 1 } },
  visits: { id: {}, customer_id: { n_distinct: 5000 } },
};

async function workload(statements: Readonly<Record<string, number>>, given: Given = {}): Promise<DetectorInput> {
  const input = detectorInput({ tables, indexes: keys, columns, ...given });
  const queries = Object.entries(statements).map(async ([sql, seconds]): Promise<JudgedQuery> => {
    const normalized = normalize(sql, 'postgresql');
    return {
      ...{ query_hash: normalized.query_hash, database_name: 'shop', template: normalized.template },
      features: await extractor.features(normalized, 'postgresql'),
      ...{ calls: 1000, total_time_us: seconds * 1e6, rows_returned: 1000, logical_read_bytes: 0 },
      ...{ temp_written_bytes: 0, span_s: 86_400, plan: null },
    };
  });
  const planned: JudgedQuery[] = [];
  for (const query of await Promise.all(queries)) {
    planned.push({ ...query, plan: (await connection.what_if.plan('shop', query.template, [])).tree });
  }
  return { ...input, queries: planned };
}

const detect = (input: DetectorInput, what_if: WhatIf = connection.what_if) =>
  detector.detect(input, { ...detectorTools({}), what_if });
const targets = (findings: readonly Finding[]) => findings.map((finding) => finding.target).sort();

describe('missing-index on a real planner', () => {
  test('finds the two indexes that a join needs, in one run', async () => {
    const findings = await detect(await workload({ [joined]: 5000 }));
    expect(targets(findings)).toEqual(['shop.public.items(order_id)', 'shop.public.orders(customer_id)']);
    for (const finding of findings) {
      expect(finding).toMatchObject({ proof: 'what_if', severity: 'critical' });
      expect(finding.cost_bytes).toBeGreaterThan(500_000);
    }
    const saved = findings.reduce((sum, finding) => sum + (finding.saved_seconds_per_day?.value ?? 0), 0);
    expect(saved).toBeGreaterThan(4000);
    expect(saved).toBeLessThanOrEqual(5000);
  });

  test('recommends the index that was dropped, and no other, for a join-heavy workload', async () => {
    await client.query('CREATE INDEX items_order_idx ON items (order_id)');
    const there = { table_name: 'items', index_name: 'items_order_idx', key_columns: ['order_id'] };
    const statements = {
      [joined]: 5000,
      'SELECT count(*) FROM orders WHERE customer_id = ? AND status = ?': 2000,
      'SELECT id FROM orders WHERE id = ?': 3000,
      'SELECT sum(quantity) FROM items WHERE order_id = ?': 1000,
    };
    const dropped = { ...{ table_name: 'orders', index_name: 'orders_customer_idx' } };
    const definition = 'CREATE INDEX orders_customer_idx ON public.orders USING btree (customer_id)';
    const findings = await detect(
      await workload(statements, { indexes: [...keys, there], dropped_indexes: [{ ...dropped, definition }] }),
    );
    await client.query('DROP INDEX items_order_idx');
    expect(targets(findings)).toEqual(['shop.public.orders(customer_id)']);
    expect(findings[0]?.title).toBe('Restore the dropped index on public.orders (customer_id)');
    expect(findings[0]?.query_hashes).toHaveLength(2);
  });

  test('does not recommend an index that the planner would not use', async () => {
    // A quarter of the table, all columns: a scan is cheaper than 12,500 look-ups.
    const findings = await detect(await workload({ 'SELECT * FROM visits WHERE customer_id > ?': 5000 }));
    expect(findings).toEqual([]);
  });

  test('does not recommend an index whose writes cost more than its reads save', async () => {
    const busy = tables.map((table) =>
      table.table_name === 'visits' ? { ...table, inserted_rows: 200_000_000 } : table,
    );
    const statement = { 'SELECT id FROM visits WHERE customer_id = ?': 500 };
    expect(targets(await detect(await workload(statement)))).toEqual(['shop.public.visits(customer_id)']);
    expect(await detect(await workload(statement, { tables: busy }))).toEqual([]);
  });

  test('an index that serves already is not recommended again', async () => {
    await client.query('CREATE INDEX visits_customer_idx ON visits (customer_id)');
    const there = { table_name: 'visits', index_name: 'visits_customer_idx', key_columns: ['customer_id'] };
    const input = await workload({ 'SELECT id FROM visits WHERE customer_id = ?': 500 }, { indexes: [...keys, there] });
    await client.query('DROP INDEX visits_customer_idx');
    expect(await detect(input)).toEqual([]);
  });

  test('without HypoPG the same index is told as not proven, with what to install', async () => {
    const findings = await detect(await workload({ 'SELECT id FROM visits WHERE customer_id = ?': 500 }), unprovable);
    expect(findings).toMatchObject([{ target: 'shop.public.visits(customer_id)', proof: 'not_proven' }]);
    expect(findings[0]?.proof_note).toContain('CREATE EXTENSION hypopg');
    const saved = findings[0]?.saved_seconds_per_day;
    expect((saved?.high ?? 0) - (saved?.low ?? 0)).toBeGreaterThan(0.5 * (saved?.value ?? 0));
  });

  test('asks the planner once per query and relevant indexes, and stays within a bound', async () => {
    const what_if = budgetedWhatIf(connection.what_if, 1000);
    await detect(await workload({ [joined]: 5000 }), what_if);
    expect(what_if.calls).toBeLessThan(60);
    const bounded = budgetedWhatIf(connection.what_if, 4);
    const findings = await detect(await workload({ [joined]: 5000 }), bounded);
    expect(bounded.calls).toBe(4);
    expect(bounded.is_reached).toBe(true);
    for (const finding of findings) expect(finding.proof_note).toContain('what_if_max_calls');
  });
});
