import { afterAll, beforeAll, describe } from '@jest/globals';
import pg from 'pg';
import { engineContract } from '../engine.contract.js';
import { engine } from './index.js';
import type { LocalServer } from './local-server.js';
import { collectTools, targetOf, temporaryServer } from './source-for-tests.js';

describe('PostgreSQL as an engine', () => {
  let server: LocalServer;
  let client: pg.Client;
  const statement = 'SELECT relname FROM pg_class WHERE oid = 5';

  beforeAll(async () => {
    server = await temporaryServer({ prefer: 'system' });
    client = new pg.Client(server.url());
    await client.connect();
    await client.query('CREATE EXTENSION pg_stat_statements');
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
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
