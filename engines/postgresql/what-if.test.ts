import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EngineConnection } from '@plumbline/contracts';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { collectTools, runOn, targetOf, temporaryServer, type TemporaryServer } from './testing/tools.js';

const index = {
  kind: 'create_index' as const,
  ...{ database_name: 'postgres', schema_name: 'public', table_name: 'orders' },
  ...{ columns: ['customer_id'], included_columns: [], method: 'btree' },
};
const templateOf = (sql: string): string => collectTools().template(sql).template;

async function withHypopg(settings: Readonly<Record<string, string>> = {}): Promise<TemporaryServer> {
  const server = await temporaryServer({ prefer: 'system', settings });
  if (!server.has_hypopg) throw new Error('these tests need HypoPG: apt-get install postgresql-15-hypopg');
  await runOn(server, [
    'CREATE EXTENSION pg_stat_statements',
    'CREATE EXTENSION hypopg',
    `CREATE TABLE orders AS SELECT g AS id, g % 1000 AS customer_id, date '2020-01-01' + g % 900 AS date,
      time '10:00' AS time, interval '1 day' AS interval, '{"a": 1}'::jsonb AS data FROM generate_series(1, 20000) g`,
    'ANALYZE orders',
    'CREATE ROLE planner LOGIN; GRANT pg_monitor, pg_read_all_data TO planner',
  ]);
  return server;
}

describe('planning a template', () => {
  let server: TemporaryServer;
  let connection: EngineConnection;
  beforeAll(async () => {
    server = await withHypopg();
    connection = await openConnection(targetOf(server, { user_name: 'planner' }), default_options);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it.each([
    "SELECT id FROM orders WHERE customer_id = 5 AND date > date '2020-01-01'",
    "SELECT id FROM orders WHERE customer_id = 5 AND date + interval '1 day' > now() AND time < time '11:00'",
    "SELECT date, time, interval FROM orders WHERE customer_id = 5 AND interval > interval '2 days'",
    "SELECT o.date FROM orders o WHERE o.customer_id = 5 AND o.date = '2020-01-01' ORDER BY o.date, o.interval",
    "SELECT id FROM orders WHERE customer_id = 5 AND data @> '{}'",
  ])('uses the imagined index for %s', async (sql) => {
    const planned = await connection.what_if.plan('postgres', templateOf(sql), [index]);
    expect(planned.used).toEqual([0]);
    expect(planned.tree.estimated_rows).toBeGreaterThan(0);
    expect(JSON.stringify(planned.tree)).toMatch(/customer_id = /);
  });

  it.each([
    "SELECT id FROM orders WHERE data ? 'a' AND customer_id = 5",
    "SELECT id FROM orders WHERE data ?| array['a'] AND customer_id = 5",
    "SELECT id FROM orders WHERE data ?& array['a', 'b'] AND customer_id = 5",
    'SELECT date ? customer_id FROM orders',
  ])('is refused with the reason for %s', async (sql) => {
    await expect(connection.what_if.plan('postgres', templateOf(sql), [index])).rejects.toMatchObject({
      failure: 'unsupported',
      message: expect.stringContaining('looks like a removed literal'),
      fix: expect.stringContaining('jsonb_exists'),
    });
  });
});

/** When it logs, it looks the imagined index up in the catalog and fails: seen on 15.18 with HypoPG 1.3.1. */
describe('auto_explain beside HypoPG', () => {
  const logging = { 'auto_explain.log_min_duration': '0', 'auto_explain.log_analyze': 'on' };
  const sql = 'SELECT id FROM orders WHERE customer_id = 5';
  const usedBy = async (server: TemporaryServer, user_name: string): Promise<readonly number[]> => {
    const connection = await openConnection(targetOf(server, { user_name }), default_options);
    try {
      return (await connection.what_if.plan('postgres', templateOf(sql), [index])).used;
    } finally {
      await connection.close();
    }
  };
  const preloaded = (libraries: string) => withHypopg({ ...logging, shared_preload_libraries: libraries });

  it('loaded first: is silenced for the session where that is allowed, else named with both remedies', async () => {
    const server = await preloaded('pg_stat_statements,auto_explain');
    try {
      expect(await usedBy(server, server.superuser)).toEqual([0]);
      await expect(usedBy(server, 'planner')).rejects.toMatchObject({
        failure: 'unsupported',
        message: expect.stringContaining('auto_explain is on'),
        fix: expect.stringMatching(/List hypopg first.*GRANT SET ON PARAMETER auto_explain.log_min_duration TO/),
      });
      await runOn(server, ['GRANT SET ON PARAMETER auto_explain.log_min_duration TO planner']);
      expect(await usedBy(server, 'planner')).toEqual([0]);
      await runOn(server, [sql]);
      const connection = await openConnection(targetOf(server, { user_name: 'planner' }), default_options);
      const plans = await connection.collect('plans', undefined, collectTools());
      await connection.close();
      expect(plans.rows.plans?.length).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });

  it('loaded after HypoPG: is no hindrance', async () => {
    const server = await preloaded('hypopg,pg_stat_statements,auto_explain');
    try {
      expect(await usedBy(server, 'planner')).toEqual([0]);
    } finally {
      await server.stop();
    }
  });
});
