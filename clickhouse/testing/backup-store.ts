import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { openStore } from '../open.js';
import type { Store } from '../store.js';

/** The embedded engine configured as a server is that takes BACKUP: what the runbook says of one can be done to it. */
export interface BackupStore {
  readonly store: Store;
  backUp(name: string): Promise<void>;
  /** The database is dropped and comes back as it was backed up. */
  restore(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBackupStore(directory: string): Promise<BackupStore> {
  const backups = join(directory, 'backups');
  const config = join(directory, 'backups.xml');
  mkdirSync(directory, { recursive: true });
  writeFileSync(config, `<clickhouse><backups><allowed_path>${backups}/</allowed_path></backups></clickhouse>`);
  const path = join(directory, 'server');
  // The first session decides what the engine of this process is configured with.
  const engine = new Session(path, { connectionArgs: [`--config-file=${config}`] });
  const store = await openStore(`chdb://${path}`);
  return {
    store,
    backUp: async (name) => void (await engine.queryAsync(`BACKUP DATABASE plumbline TO File('${backups}/${name}')`)),
    async restore(name) {
      await engine.queryAsync('DROP DATABASE plumbline SYNC');
      await engine.queryAsync(`RESTORE DATABASE plumbline FROM File('${backups}/${name}')`);
    },
    async close() {
      engine.close();
      await store.close();
    },
  };
}
