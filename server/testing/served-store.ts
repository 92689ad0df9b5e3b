import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@plumbline/clickhouse';
import type { RawStatements, Store } from '@plumbline/clickhouse';
import { startClickHouseEndpoint } from '../clickhouse-endpoint/index.js';

/** The embedded engine behind its own endpoint without the gate: a ClickHouse server for processes of a test. */
export interface ServedStore {
  /** For whatever else the test needs on disk; removed at the end. */
  readonly directory: string;
  readonly store: Store & RawStatements;
  /** As `store.uri` of a process that shares it. */
  readonly uri: string;
  close(): Promise<void>;
}

export async function startServedStore(name: string): Promise<ServedStore> {
  const directory = mkdtempSync(join(tmpdir(), `plumbline-${name}-`));
  const store = (await openStore(`chdb://${join(directory, 'store')}`)) as Store & RawStatements;
  const endpoint = await startClickHouseEndpoint({
    store,
    port: 0,
    authenticate: () => 'admin',
    log: () => undefined,
    ungated_for_tests: true,
  });
  return {
    directory,
    store,
    uri: `http://tester:any@127.0.0.1:${endpoint.port}/${store.database_name}`,
    async close() {
      await endpoint.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
