import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalServer } from '@plumbline/engines/postgresql/local-server';
import type { LocalServer } from '@plumbline/engines/postgresql/local-server';
import pg from 'pg';

/** A real PostgreSQL that asks one of its users for a password, as servers do. */
export interface MonitoredServer {
  readonly server: LocalServer;
  run(database: string, ...statements: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export const locked_user = 'locked';
export const locked_password = 'correct-horse-battery';

export async function startMonitoredServer(): Promise<MonitoredServer> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-server-'));
  chmodSync(directory, 0o755);
  const hba_file = join(directory, 'hba.conf');
  writeFileSync(
    hba_file,
    `host all ${locked_user} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nlocal all all trust\n`,
  );
  chmodSync(hba_file, 0o644);
  const server = await startLocalServer({
    directory: join(directory, 'data'),
    prefer: 'system',
    settings: { hba_file },
  });
  return {
    server,
    async run(database, ...statements) {
      const client = new pg.Client({ connectionString: server.url(database) });
      await client.connect();
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
