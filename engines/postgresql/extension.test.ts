import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AspectName, Collected, EngineConnection } from '@plumbline/contracts';
import { aspectNames } from './aspects.js';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { collectTools, runOn, targetOf, temporaryServer, type TemporaryServer } from './testing/tools.js';

const eager = { ...default_options, text_rest_ratio: 0 };
const needing: readonly AspectName[] = ['statements', 'plans'];
const preload = expect.stringMatching(/shared_preload_libraries = 'pg_stat_statements'.*restart/);
const update = 'ALTER EXTENSION pg_stat_statements UPDATE';

async function connected<T>(server: TemporaryServer, work: (connection: EngineConnection) => Promise<T>, db?: string) {
  const connection = await openConnection(targetOf(server, db === undefined ? {} : { database_name: db }), eager);
  return work(connection).finally(() => connection.close());
}

async function outcomesOf(connection: EngineConnection): Promise<Record<string, Collected['outcome']>> {
  const outcomes: Record<string, Collected['outcome']> = {};
  for (const aspect of aspectNames) {
    outcomes[aspect] = (await connection.collect(aspect, undefined, collectTools())).outcome;
  }
  return outcomes;
}

describe.each(['system', 'embedded'] as const)('pg_stat_statements not loaded at start (%s)', (prefer) => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer, settings: { shared_preload_libraries: '' } });
    await runOn(server, ['CREATE EXTENSION pg_stat_statements']);
  });
  afterAll(() => server.stop());

  it('is named with its remedy, and everything else is read', () =>
    connected(server, async (connection) => {
      const outcomes = await outcomesOf(connection);
      for (const aspect of aspectNames) {
        if (needing.includes(aspect)) expect(outcomes[aspect]).toMatchObject({ state: 'unsupported', fix: preload });
        else expect(outcomes[aspect]).toMatchObject({ state: 'ok' });
      }
      const checks = await connection.checkup();
      expect(checks).toContainEqual({
        aspect: 'statements',
        outcome: expect.objectContaining({ state: 'unsupported', fix: preload }),
      });
    }));
});

describe.each(['system', 'embedded'] as const)('pg_stat_statements older than the server (%s)', (prefer) => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    await runOn(server, ['CREATE DATABASE "v1.7"', 'CREATE DATABASE "v1.8"', 'CREATE DATABASE "v1.9"']);
    for (const version of ['1.7', '1.8', '1.9'])
      await runOn(server, [`CREATE EXTENSION pg_stat_statements VERSION '${version}'`], `v${version}`);
  });
  afterAll(() => server.stop());

  it.each(['1.8', '1.9'])('%s counts every call, and says what is missing', (version) =>
    connected(
      server,
      async (connection) => {
        const sql = `SELECT 1 AS counted_by_${version.replace('.', '_')}`;
        const tools = collectTools();
        const first = await connection.collect('statements', undefined, tools);
        await runOn(server, [sql, sql, sql], `v${version}`);
        const second = await connection.collect('statements', first.state, tools);
        const { query_hash } = tools.template(sql);
        const told = (second.rows.query_deltas ?? []).filter((row) => row.query_hash === query_hash);
        expect(told.reduce((total, row) => total + row.calls, 0n)).toBe(3n);
        const behind = { state: 'degraded', message: expect.stringContaining(`is at ${version}`), fix: update };
        expect(second.outcome).toMatchObject(behind);
        expect((await connection.collect('plans', undefined, tools)).outcome.state).not.toBe('unsupported');
      },
      `v${version}`,
    ),
  );

  it('1.7 is refused with the statement that updates it, and everything else is read', () =>
    connected(
      server,
      async (connection) => {
        const outcomes = await outcomesOf(connection);
        for (const aspect of aspectNames) {
          const state = needing.includes(aspect) ? 'unsupported' : 'ok';
          expect([aspect, outcomes[aspect]]).toMatchObject([aspect, { state, fix: state === 'ok' ? '' : update }]);
        }
      },
      'v1.7',
    ));
});

describe('a statement of ours that takes longer than statement_timeout', () => {
  let server: TemporaryServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer: 'system' });
    await runOn(server, [
      'CREATE EXTENSION pg_stat_statements',
      `CREATE FUNCTION wait_at_planning() RETURNS int STABLE LANGUAGE plpgsql AS
        'BEGIN IF current_setting(''application_name'') = ''plumbline'' THEN PERFORM pg_sleep(60); END IF; RETURN 1; END'`,
      'CREATE TABLE orders AS SELECT g AS id FROM generate_series(1, 1000) g',
      'ANALYZE orders',
      'SELECT count(*) FROM orders WHERE id = wait_at_planning()',
      'CREATE DATABASE stuck',
    ]);
    await runOn(
      server,
      [
        'CREATE EXTENSION pg_stat_statements',
        'ALTER FUNCTION pg_stat_statements(boolean) RENAME TO quick',
        `CREATE FUNCTION pg_stat_statements(showtext boolean) RETURNS SETOF pg_stat_statements LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_sleep(60); END'`,
      ],
      'stuck',
    );
  });
  afterAll(() => server.stop());

  const timeout = {
    state: 'degraded',
    message: expect.stringContaining('did not answer within 5 s (statement_timeout)'),
    fix: expect.stringContaining('interval_s'),
  };

  it('ends after 5 s with a status that says so, and the other aspects go on meanwhile', async () => {
    const stuck = connected(server, (other) => other.collect('statements', { kept: 1 }, collectTools()), 'stuck');
    await connected(server, async (connection) => {
      const tools = collectTools();
      const began_ms = performance.now();
      const planning = connection.collect('plans', undefined, tools);
      const metrics = await connection.collect('metrics', undefined, tools);
      expect(performance.now() - began_ms).toBeLessThan(4_000);
      expect(metrics.outcome.state).toBe('ok');
      const plans = await planning;
      expect(plans.outcome).toMatchObject({
        state: 'degraded',
        message: expect.stringContaining('planning took longer than 5 s'),
        fix: expect.stringMatching(/\w/),
      });
      expect(plans.elapsed_ms).toBeGreaterThan(4_900);
      expect((await connection.collect('tables', undefined, tools)).outcome.state).toBe('ok');
    });
    expect(await stuck).toMatchObject({ outcome: timeout, rows: {}, state: { kept: 1 } });
  });
});
