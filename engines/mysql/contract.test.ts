import { afterAll, beforeAll } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import { engineContract } from '../engine.contract.js';
import { engine } from './index.js';
import type { LocalServer } from './local-server.js';
import { applicationOf, collectTools, describeOnServers, targetOf, temporaryServer } from './testing/tools.js';

describeOnServers('an engine', (binaries) => {
  let server: LocalServer;
  let client: Connection;
  const statement = "SELECT note FROM orders WHERE id = 5 AND note <> 'x'";

  beforeAll(async () => {
    server = await temporaryServer({ binaries });
    client = await applicationOf(server);
    await client.query('CREATE DATABASE shop');
    await client.query('USE shop');
    await client.query('CREATE TABLE orders (id int PRIMARY KEY, note varchar(20))');
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  engineContract(engine, () => ({
    target: targetOf(server, { database_name: 'shop' }),
    tools: collectTools(),
    statement,
    run: async (times) => {
      for (let run = 0; run < times; run++) await client.query(statement);
      // The server counts a statement after it has answered: it surely has when it takes the next one.
      await client.query('DO 0');
    },
  }));
});
