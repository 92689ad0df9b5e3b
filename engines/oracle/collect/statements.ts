import { awrStatements } from './awr-statements.js';
import { cursorStatements } from './cursor-statements.js';
import { byHistory } from './reading.js';
import { statspackStatements } from './statspack-statements.js';

/** What every statement did: from AWR's snapshots, from the cursor cache, or from Statspack's snapshots. */
export const statements = byHistory({
  awr: awrStatements,
  cursors: cursorStatements,
  statspack: statspackStatements,
});
