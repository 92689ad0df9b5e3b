import type { Query } from '../source.js';
import { isGap, orGap, readDatabases } from './databases.js';
import type { Gap } from './outcome.js';
import type { Reading } from './reading.js';

export interface OfDatabases<Row> {
  readonly rows: readonly Row[];
  readonly gaps: readonly Gap[];
  /** Databases that did not answer now: what is known of them stays. */
  readonly silent: ReadonlySet<string>;
}

/** Reads every user database one after the other; one that cannot be read is a gap, not the end. */
export async function ofEachDatabase<Row>(
  query: Query,
  { source, tools }: Reading,
  read: (database_name: string) => Promise<readonly Row[]>,
): Promise<OfDatabases<Row>> {
  const { open, gaps } = await readDatabases(query, source);
  const rows: Row[] = [];
  const found: Gap[] = [...gaps];
  const silent = new Set<string>();
  for (const database of open) {
    tools.abort.throwIfAborted();
    const answer = await orGap(source, database, () => read(database.name));
    if (isGap(answer)) {
      found.push(answer);
      silent.add(database.name);
      continue;
    }
    rows.push(...answer);
  }
  return { rows, gaps: found, silent };
}
