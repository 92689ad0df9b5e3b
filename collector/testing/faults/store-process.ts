import { createServer, type AddressInfo } from 'node:net';
import type { Store } from '@plumbline/clickhouse';
import { startChild, type Child } from './child.js';
import { remoteStore } from './remote-store.js';

/** The embedded store in a process of its own. */
export interface StoreServer {
  readonly store: Store;
  readonly store_url: string;
  child: Child;
}

export async function startStore(directory: string, port: number): Promise<StoreServer> {
  const child = startChild('store-server', { directory, port });
  await child.line('ready');
  const store_url = `http://127.0.0.1:${port}`;
  return { child, store_url, store: remoteStore(store_url) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
