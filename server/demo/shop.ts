import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { LocalServer } from '@plumbline/engines/postgresql/local-server';

const schema_sql = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');

/** What a careful DBA grants a monitoring role, and no more (the grants that `plumbline doctor` asks for). */
const monitor_sql = `
  CREATE ROLE plumbline LOGIN CONNECTION LIMIT 8;
  GRANT pg_monitor, pg_read_all_data TO plumbline;`;

/** Fills the shop and gives the pool its load runs on. */
export async function createShop(server: LocalServer): Promise<pg.Pool> {
  await asSuperuser(server, 'postgres', 'CREATE DATABASE shop');
  await asSuperuser(server, 'postgres', monitor_sql);
  await asSuperuser(server, 'shop', schema_sql);
  if (server.has_hypopg) await asSuperuser(server, 'shop', 'CREATE EXTENSION hypopg');
  const pool = new pg.Pool({ connectionString: server.url('shop'), max: 8, application_name: 'shop' });
  // The server may be stopped first: an idle connection that ends is no fault of the load.
  pool.on('error', () => undefined);
  return pool;
}

async function asSuperuser(server: LocalServer, database_name: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url(database_name) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
