import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { engineContract } from '../engine.contract.js';
import { engine } from './index.js';
import type { LocalServer } from './local-server.js';
import { collectTools, targetOf, temporaryServer } from './testing/tools.js';

/** Debian's server, and every other major that is still met, from npm. */
const servers = [
  ...([13, 14, 16, 17] as const).map((major) => ({ prefer: major, least_major: major })),
  { prefer: 'system' as const, least_major: 15 },
  { prefer: 'embedded' as const, least_major: 18 },
];

describe.each(servers)('PostgreSQL as an engine ($prefer)', ({ prefer, least_major }) => {
  let server: LocalServer;
  let client: pg.Client;
  const statement = 'SELECT relname FROM pg_class WHERE oid = 5';

  beforeAll(async () => {
    server = await temporaryServer({ prefer });
    client = new pg.Client(server.url());
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  it('is the server meant', () => {
    expect(Number.parseInt(server.server_version)).toBeGreaterThanOrEqual(least_major);
  });

  engineContract(engine, () => ({
    target: targetOf(server),
    tools: collectTools(),
    statement,
    run: async (times) => {
      for (let run = 0; run < times; run++) await client.query(statement);
    },
  }));
});
