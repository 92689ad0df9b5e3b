import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collected } from '@plumbline/contracts';
import pg from 'pg';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { collectTools, runOn, targetOf, temporaryServer, type TemporaryServer } from './testing/tools.js';

const eager = { ...default_options, text_rest_ratio: 0 };
const tools = collectTools();

/** What two readings tell of what `work` runs between them. */
async function toldOf(
  server: TemporaryServer,
  database_name: string,
  work: () => Promise<unknown>,
): Promise<Collected> {
  const connection = await openConnection(targetOf(server, { database_name }), eager);
  try {
    const first = await connection.collect('statements', undefined, tools);
    await work();
    return await connection.collect('statements', first.state, tools);
  } finally {
    await connection.close();
  }
}
const callsOf = (answer: Collected, text: string): bigint => {
  const { query_hash } = tools.template(text);
  const rows = (answer.rows.query_deltas ?? []).filter((row) => row.query_hash === query_hash);
  return rows.reduce((total, row) => total + row.calls, 0n);
};
const templatesOf = (answer: Collected): string[] => (answer.rows.queries ?? []).map(({ template }) => template);

describe.each(['system', 'embedded'] as const)('statement texts of PostgreSQL (%s)', (prefer) => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    await runOn(server, ['CREATE EXTENSION pg_stat_statements', 'CREATE TABLE orders (id int, note text)']);
  });
  afterAll(() => server.stop());

  const long_list = Array.from({ length: 150_000 }, (_, place) => place).join(',');
  it.each([
    { what: 'broken UTF-16', sql: `SELECT id, 'a\ud800b' AS "x\udfffy" FROM orders` },
    { what: 'a literal of 1 MB', sql: `SELECT id, '${'x'.repeat(1_000_000)}' AS a_long_one FROM orders` },
    { what: 'a list of 1 MB', sql: `SELECT note FROM orders WHERE id IN (${long_list})` },
    {
      what: 'a comment of 1 MB behind',
      sql: `SELECT id FROM orders WHERE note IS NULL /* ${'x'.repeat(1_000_000)} */`,
    },
    {
      what: 'quotes and newlines',
      sql: `SELECT 'it''s "quoted"\n', E'a\\'b', $x$'$x$ AS "odd ""name""\n" FROM orders`,
    },
    { what: 'a NUL in a JSON escape', sql: `SELECT '{"a": "\\u0000"}'::json AS nul FROM orders` },
  ])('with $what are counted under one template', async ({ sql }) => {
    const answer = await toldOf(server, 'postgres', () => runOn(server, [sql, sql]));
    const told = (answer.rows.query_deltas ?? []).filter(({ calls }) => calls === 2n);
    expect(told).toHaveLength(1);
    const [query] = (answer.rows.queries ?? []).filter(({ query_hash }) => query_hash === told[0]?.query_hash);
    expect(query?.template).toMatch(/^select /);
    expect(query?.template).not.toMatch(/\p{Surrogate}/u);
    expect(answer.outcome.state).toBe('ok');
    expect(JSON.stringify(answer.state).length).toBeLessThan(20_000);
  });

  it('with a NUL are refused by the server itself, and the next ones are counted', async () => {
    const sql = 'SELECT id AS after_the_nul FROM orders WHERE id = 3';
    const answer = await toldOf(server, 'postgres', async () => {
      const client = new pg.Client(server.url());
      client.on('error', () => undefined);
      await client.connect();
      await expect(client.query(`SELECT 'a\0b' AS nul`)).rejects.toThrow();
      await client.end().catch(() => undefined);
      await runOn(server, [sql]);
    });
    expect(callsOf(answer, sql)).toBe(1n);
    expect(answer.outcome.state).toBe('ok');
  });
});

/** `chr(233)` is one byte in SQL_ASCII: é in Latin 1, and no valid UTF-8. */
const broken_bytes = [
  `SET pg_stat_statements.track = 'all'`,
  `DO $$ BEGIN EXECUTE 'SELECT 1 AS "caf' || chr(233) || '", 2, 3'; END $$`,
];

describe.each(['system', 'embedded'] as const)('a database in SQL_ASCII on PostgreSQL (%s)', (prefer) => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    await runOn(server, [
      'CREATE EXTENSION pg_stat_statements',
      `CREATE DATABASE legacy ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    ]);
    await runOn(server, broken_bytes, 'legacy');
    // pg_stat_statements of the server itself, without us: 22021 on 15.18 and 18.4.
    await expect(runOn(server, ['SELECT query FROM pg_stat_statements'])).rejects.toMatchObject({ code: '22021' });
  });
  afterAll(() => server.stop());

  const sql = `SELECT 1 AS "straße" WHERE 'x' = 'y'`;

  it('keeps all texts back until the extension is there too, and says so', async () => {
    const answer = await toldOf(server, 'postgres', () => runOn(server, [sql]));
    expect(templatesOf(answer)).toEqual([]);
    expect(answer.outcome).toMatchObject({
      state: 'degraded',
      message: expect.stringMatching(/refuses all texts; what \d+ new statements did is held back/),
      fix: expect.stringContaining('In database "legacy" (encoding SQL_ASCII): CREATE EXTENSION pg_stat_statements'),
    });
    const connection = await openConnection(targetOf(server), eager);
    const plans = await connection.collect('plans', undefined, tools);
    await connection.close();
    expect(plans.outcome).toMatchObject({ state: 'degraded', fix: expect.stringContaining('CREATE EXTENSION') });
  });

  it.each(['postgres', 'legacy'])(
    'gives every text then, also the one that is broken (connected to %s)',
    async (db) => {
      await runOn(server, ['CREATE EXTENSION IF NOT EXISTS pg_stat_statements'], 'legacy');
      const answer = await toldOf(server, db, async () => {
        await runOn(server, [sql]);
        await runOn(server, broken_bytes, 'legacy');
      });
      expect(callsOf(answer, sql)).toBe(1n);
      expect(templatesOf(answer)).toContain('select ? as "straße" where ? = ?');
      expect(templatesOf(answer)).toContain('select ? as "caf\ufffd", ?, ?');
      expect(answer.outcome).toMatchObject({
        state: 'degraded',
        message: expect.stringContaining('the texts of 1 statements have bytes that are not UTF-8'),
        fix: expect.stringContaining('client_encoding'),
      });
      const connection = await openConnection(targetOf(server, { database_name: db }), eager);
      const plans = await connection.collect('plans', undefined, tools);
      await connection.close();
      expect(plans.rows.plans?.length).toBeGreaterThan(0);
    },
  );
});
