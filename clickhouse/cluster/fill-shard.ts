import { readFileSync } from 'node:fs';
import { migrate } from '../migrate.js';
import { openStore } from '../open.js';

/**
 * `fill-shard.js <directory> <file>`: the file's rows of query_deltas into the embedded store there, sent two times. Not
 * from standard input: the engine takes what waits there for rows of its next INSERT (chdb 3.4.0).
 */
const store = await openStore(`chdb://${process.argv[2] ?? ''}`);
await migrate(store);
const lines = readFileSync(process.argv[3] ?? '', 'utf8');
await store.insert('query_deltas', lines, { token: 'the batch' });
await store.insert('query_deltas', lines, { token: 'the batch' });
await store.close();
