import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AspectName, Collected, EngineConnection, InstanceEventRow } from '@plumbline/contracts';
import pg from 'pg';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { collectTools, targetOf, temporaryServer, type TemporaryServer } from './testing/tools.js';

const eager = { ...default_options, text_rest_ratio: 0 };
type Told = Pick<InstanceEventRow, 'kind' | 'object_name' | 'subject'>;

describe.each(['system', 'embedded'] as const)('what changes between two readings of PostgreSQL (%s)', (prefer) => {
  let server: TemporaryServer;
  let client: pg.Client;
  let connection: EngineConnection;
  const tools = collectTools();
  const states = new Map<AspectName, unknown>();

  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    client = new pg.Client(server.url());
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
    connection = await openConnection(targetOf(server), eager);
  });
  afterAll(async () => {
    await connection.close();
    await client.end();
    await server.stop();
  });
  beforeEach(async () => {
    await client.query(`DROP TABLE IF EXISTS orders;
      CREATE TABLE orders AS SELECT g AS id, g % 1000 AS customer_id FROM generate_series(1, 50000) g;
      CREATE INDEX orders_customer_idx ON orders (customer_id)`);
    await client.query('VACUUM ANALYZE orders');
    states.clear();
  });

  const read = async (aspect: AspectName): Promise<Collected> => {
    const answer = await connection.collect(aspect, states.get(aspect), tools);
    states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
    return answer;
  };
  const eventsOf = (answer: Collected): Told[] =>
    (answer.rows.instance_events ?? []).map(({ kind, object_name, subject }) => ({ kind, object_name, subject }));
  /** Counters of a session reach the views a moment after its statement. */
  const scanned = async (least: bigint): Promise<void> => {
    await client.query('SELECT pg_stat_force_next_flush()').catch(() => undefined); // 15+
    const scans = `SELECT coalesce(sum(idx_scan), 0)::text AS scans FROM pg_stat_user_indexes WHERE relname = 'orders'`;
    for (;;) {
      const { rows } = await client.query<{ scans: string }>(scans);
      if (BigInt(rows[0]?.scans ?? 0) >= least) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('a plan that an index changes is told once, with both hashes', async () => {
    const sql = 'SELECT id FROM orders WHERE customer_id = 7';
    const { query_hash } = tools.template(sql);
    const planHash = (answer: Collected) => answer.rows.plans?.find((row) => row.query_hash === query_hash)?.plan_hash;
    await client.query(sql);
    const with_index = planHash(await read('plans'));
    await client.query(sql);
    expect((await read('plans')).rows.instance_events).toEqual([]);
    await client.query('DROP INDEX orders_customer_idx');
    await client.query(sql);
    const changed = await read('plans');
    const without_index = planHash(changed);
    expect(with_index).toMatch(/^[0-9a-f]{16}$/);
    expect(without_index).not.toBe(with_index);
    expect(changed.rows.instance_events).toMatchObject([
      { kind: 'plan_changed', query_hash, subject: without_index, before: with_index, after: without_index },
    ]);
  });

  it('a table analyzed by hand is told with the time the server says', async () => {
    await read('tables');
    await client.query('ANALYZE orders');
    const { rows } = await client.query<{ at: Date }>(
      `SELECT last_analyze AS at FROM pg_stat_user_tables WHERE relname = 'orders'`,
    );
    const answer = await read('tables');
    expect(eventsOf(answer)).toEqual([{ kind: 'analyzed', object_name: 'public.orders', subject: '' }]);
    const occurred_at = answer.rows.instance_events?.[0]?.occurred_at;
    expect(Date.parse(`${String(occurred_at)}Z`)).toBe(rows[0]?.at.getTime());
    expect(eventsOf(await read('tables'))).toEqual([]);
  });

  it('a server of another version than at the last reading is told with both', async () => {
    await read('metrics');
    const state = states.get('metrics') as { life: { version: string } };
    states.set('metrics', { ...state, life: { ...state.life, version: '12.9' } });
    const answer = await read('metrics');
    const versions = { before: '12.9', after: connection.server_version };
    expect(answer.rows.instance_events).toMatchObject([{ kind: 'version_changed', ...versions }]);
    expect(eventsOf(await read('metrics'))).toEqual([]);
  });

  it('an index that is renamed is still the same, and its drop is told under the new name', async () => {
    await read('indexes');
    await client.query('ALTER INDEX orders_customer_idx RENAME TO orders_by_customer');
    const renamed = await read('indexes');
    expect(eventsOf(renamed)).toEqual([]);
    expect(renamed.rows.index_snapshots?.map(({ index_name }) => index_name)).toEqual(['orders_by_customer']);
    await client.query('DROP INDEX orders_by_customer');
    expect(eventsOf(await read('indexes'))).toEqual([
      { kind: 'index_dropped', object_name: 'public.orders', subject: 'orders_by_customer' },
    ]);
  });

  it.each(['REINDEX INDEX orders_customer_idx', 'REINDEX INDEX CONCURRENTLY orders_customer_idx'])(
    'an index rebuilt by %s is still the same, and its scans are not told again',
    async (sql) => {
      const scans = async () => (await read('indexes')).rows.index_snapshots?.map((row) => row.scans);
      await client.query('SET enable_seqscan = off');
      for (let run = 0; run < 5; run++) await client.query('SELECT id FROM orders WHERE customer_id = 7');
      await scanned(5n);
      expect(await scans()).toEqual([0n]);
      await client.query('SELECT id FROM orders WHERE customer_id = 7');
      await scanned(6n);
      await client.query(sql);
      const answer = await read('indexes');
      expect(eventsOf(answer)).toEqual([]);
      expect(answer.rows.index_snapshots?.map((row) => row.scans)).toEqual([1n]);
      await client.query('RESET enable_seqscan');
    },
  );

  it('of two equal indexes the one that is dropped is told', async () => {
    await client.query('CREATE INDEX orders_customer_twin ON orders (customer_id)');
    await read('indexes');
    await client.query('DROP INDEX orders_customer_twin');
    expect(eventsOf(await read('indexes'))).toEqual([
      { kind: 'index_dropped', object_name: 'public.orders', subject: 'orders_customer_twin' },
    ]);
  });
});
