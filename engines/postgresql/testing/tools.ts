import { instanceId, type ConnectionTarget } from '@plumbline/contracts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { advancingTools, type AdvancingTools } from '../../testing/collect-tools.js';
import { startLocalServer, type LocalServer, type LocalServerOptions } from '../local-server.js';

/** For tests: what the collector lends this engine. */
export const collectTools = (): AdvancingTools => advancingTools('postgresql');

export const targetOf = (server: LocalServer, over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: server.host, port: server.port, database_name: 'postgres' },
  ...{ user_name: server.superuser, password: '', tls: 'off' },
  ...over,
});

/** A private server in a temporary directory; `stop` removes both. */
export async function temporaryServer(options: Omit<LocalServerOptions, 'directory'>): Promise<TemporaryServer> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-pg-'));
  const server = await startLocalServer({ ...options, directory });
  return {
    ...server,
    directory,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface TemporaryServer extends LocalServer {
  readonly directory: string;
}

/** Runs the statements one after another, each in its own transaction; rows of the last. */
export async function runOn<Row extends pg.QueryResultRow>(
  server: LocalServer,
  statements: readonly string[],
  database = 'postgres',
): Promise<Row[]> {
  const client = new pg.Client(server.url(database));
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const sql of statements) ({ rows } = await client.query<Row>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

/** A role must give its password by scram; everybody else goes on without. */
export async function askPasswordOf(server: TemporaryServer, role: string): Promise<void> {
  const file = join(server.directory, 'data', 'pg_hba.conf');
  writeFileSync(file, `host all ${role} 127.0.0.1/32 scram-sha-256\n${readFileSync(file, 'utf8')}`);
  await runOn(server, ['SELECT pg_reload_conf()']);
}
