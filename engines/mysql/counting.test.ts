import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import type { LocalServer } from './local-server.js';
import {
  applicationOf,
  collectTools,
  connected,
  describeOnServers,
  outcomesOf,
  targetOf,
  temporaryServer,
} from './testing/tools.js';

const tools = collectTools();

describeOnServers('a server that counts little', (binaries) => {
  let server: LocalServer;
  let admin: Connection;
  beforeAll(async () => {
    server = await temporaryServer({ binaries, settings: { performance_schema_digests_size: '40' } });
    admin = await applicationOf(server);
    await admin.query('CREATE DATABASE shop');
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  it('names the overflow of digests, counts it apart and flags the window', async () => {
    await connected(targetOf(server), async (connection) => {
      const first = await connection.collect('statements', undefined, tools);
      for (let place = 0; place < 60; place++) await admin.query(`SELECT ${'1 + '.repeat(place)}@a`);
      await admin.query('DO 0');
      const answer = await connection.collect('statements', first.state, tools);
      expect(answer.outcome).toMatchObject({
        state: 'degraded',
        fix: expect.stringContaining('performance_schema_digests_size'),
      });
      expect(answer.rows.instance_events?.map(({ kind }) => kind)).toContain('eviction');
      const lost = answer.rows.instance_metrics?.find(({ metric }) => metric === 'statements.overflow_calls')?.value;
      const told = answer.rows.query_deltas ?? [];
      expect(told.every(({ flags }) => flags.includes('evictions'))).toBe(true);
      expect(Number(told.reduce((total, { calls }) => total + calls, 0n)) + (lost ?? 0)).toBeGreaterThanOrEqual(60);
      const checks = await connection.checkup();
      expect(checks.some(({ outcome }) => outcome.message.includes('places for digests are taken'))).toBe(true);
    });
  });

  it.each([
    ['global_instrumentation', 'unsupported'],
    ['statements_digest', 'unsupported'],
  ])('says that the consumer %s is off', async (name, state) => {
    const set = (is_on: string) =>
      admin.query(`UPDATE performance_schema.setup_consumers SET ENABLED = '${is_on}' WHERE NAME = '${name}'`);
    await set('NO');
    await connected(targetOf(server), async (connection) => {
      const { outcome } = await connection.collect('statements', undefined, tools);
      expect(outcome).toMatchObject({
        state,
        fix: expect.stringContaining(`performance_schema_consumer_${name} = ON`),
      });
    });
    await set('YES');
  });

  it('says that instruments are off', async () => {
    const set = (is_on: string) =>
      admin.query(
        `UPDATE performance_schema.setup_instruments SET ENABLED = '${is_on}' WHERE NAME = 'statement/sql/select'`,
      );
    await set('NO');
    await connected(targetOf(server), async (connection) => {
      const { outcome } = await connection.collect('statements', undefined, tools);
      expect(outcome).toMatchObject({ state: 'degraded', fix: expect.stringContaining('setup_instruments') });
    });
    await set('YES');
  });
});

describeOnServers('a server that is told to tell no statements apart', (binaries) => {
  it('is named with the settings that mend it', async () => {
    const server = await temporaryServer({ binaries, settings: { max_digest_length: '0' } });
    await connected(targetOf(server), async (connection) => {
      const { outcome } = await connection.collect('statements', undefined, tools);
      expect(outcome).toMatchObject({ state: 'unsupported', fix: expect.stringContaining('max_digest_length = 1024') });
      expect((await connection.checkup()).map(({ outcome: { fix } }) => fix)).toContain(outcome.fix);
    }).finally(() => server.stop());
  });
});

describeOnServers('a server whose performance_schema is off', (binaries) => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await temporaryServer({ binaries, settings: { performance_schema: 'OFF' } });
  });
  afterAll(() => server.stop());

  it('is no silence: every aspect that needs it says so, and the others go on', async () => {
    await connected(targetOf(server), async (connection) => {
      const outcomes = await outcomesOf(connection);
      const off = { fix: expect.stringContaining('performance_schema = ON') };
      expect(outcomes.statements).toMatchObject({ state: 'unsupported', ...off });
      expect(outcomes.waits).toMatchObject({ state: 'unsupported', ...off });
      expect(outcomes.indexes).toMatchObject({ state: 'degraded', ...off });
      expect(outcomes.plans).toMatchObject({ state: 'degraded', ...off });
      expect(outcomes.activity.state).toBe(binaries.family === 'mariadb' ? 'ok' : 'unsupported');
      expect([outcomes.metrics.state, outcomes.settings.state]).toEqual(['ok', 'ok']);
      const checks = await connection.checkup();
      expect(checks).toContainEqual({ aspect: 'statements', outcome: expect.objectContaining(off) });
    });
  });
});
