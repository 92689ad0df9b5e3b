import { isGap, orGap, readDatabases, type Database } from './databases.js';
import type { Gap } from './outcome.js';
import type { Query } from '../source.js';
import type { Reading } from './reading.js';
import { judgeStore, readStoreOptions, type StoreOptions } from './store-options.js';

export interface StatementsDatabases {
  readonly stored: readonly { readonly database: Database; readonly options: StoreOptions }[];
  readonly cached: readonly Database[];
  readonly gaps: readonly Gap[];
  /** The server's clock, by the last database asked. */
  readonly server_now: Date;
}

/** Every user database with the source its statements are read from. */
export async function databasesOf({
  query,
  reading,
}: {
  readonly query: Query;
  readonly reading: Reading;
}): Promise<StatementsDatabases> {
  const { source } = reading;
  const { open, gaps: closed } = await readDatabases(query, source);
  const stored: { database: Database; options: StoreOptions }[] = [];
  const cached: Database[] = [];
  const gaps: Gap[] = [...closed];
  let server_now = reading.tools.clock.now();
  for (const database of open) {
    const options = await orGap(source, database, () => readStoreOptions(query, database, source.facts));
    if (isGap(options)) {
      gaps.push(options);
      continue;
    }
    server_now = options.server_now;
    const judged = judgeStore(options, database, source.facts);
    if (judged.gap !== undefined) gaps.push(judged.gap);
    if (judged.source === 'query_store') stored.push({ database, options });
    else cached.push(database);
  }
  return { stored, cached, gaps, server_now };
}
