import { fileURLToPath } from 'node:url';
import { StoreError } from './store-error.js';
import type { Store } from './store.js';

/**
 * Opens the store an address names: `chdb:///var/lib/plumbline` (the engine in this process) or
 * `http(s)://user:password@host:8123/database` (a server; `?cluster=name` spreads the tables over its cluster). Each driver is loaded only when it is used: the embedded
 * engine alone is half a gigabyte.
 */
export async function openStore(address: string): Promise<Store> {
  const scheme = /^([a-z]+):/.exec(address)?.[1];
  if (scheme === 'chdb') {
    const { ChdbStore } = await import('./chdb/chdb-store.js');
    return ChdbStore.open(directoryOf(address));
  }
  if (scheme === 'http' || scheme === 'https') {
    const { HttpStore } = await import('./http/http-store.js');
    return HttpStore.open(address);
  }
  throw new StoreError(
    `a store's address begins with chdb:/// or http(s)://, not with "${scheme ?? address.slice(0, 12)}"`,
  );
}

/** `chdb:///absolute/dir`, or `chdb:relative/dir`. */
function directoryOf(address: string): string {
  if (address.startsWith('chdb:///')) return fileURLToPath(`file://${address.slice('chdb://'.length)}`);
  const directory = address.slice('chdb:'.length);
  if (directory === '' || directory.startsWith('//')) {
    throw new StoreError('the embedded store needs a directory: chdb:///absolute/path');
  }
  return directory;
}
