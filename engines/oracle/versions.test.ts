import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StandIn } from '../testing/relational/stand-in.js';
import { aspects } from './aspects.js';
import { histories } from './options.js';
import { loadDatabase, snapshotRow } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn, withoutColumns } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

/** What came after 12.1, and what an installation may lack. A statement that named one of them would fail. */
const later: Readonly<Record<string, readonly string[]>> = {
  V$INSTANCE: ['version_full'],
  V$DATABASE: ['con_dbid'],
  DBA_HIST_SNAPSHOT: ['snap_flag'],
  DBA_HIST_SQLSTAT: ['con_dbid', 'physical_read_bytes_delta', 'physical_write_bytes_delta'],
  DBA_HIST_ACTIVE_SESS_HISTORY: ['con_dbid'],
  GV$SQLSTATS: ['con_id', 'physical_read_bytes', 'physical_write_bytes'],
  GV$SESSION: ['con_id'],
  DBA_INDEX_USAGE: [],
  DBA_HIST_WR_CONTROL: [],
  V$CONTAINERS: [],
};

describe('A server that is older than the sheet', () => {
  let stand_in: StandIn;

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in);
    for (const [view, columns] of Object.entries(later)) {
      await withoutColumns(
        stand_in,
        view,
        columns.map((column) => column.toUpperCase()),
      );
    }
    const { snap_flag: _flag, ...snapshot } = snapshotRow({ snap_id: 1, end: '2026-11-01T01:00:00Z' });
    await stand_in.client.query(
      `INSERT INTO dba_hist_snapshot SELECT * FROM json_populate_recordset(null::dba_hist_snapshot, $1)`,
      [JSON.stringify([snapshot])],
    );
  });
  afterAll(() => stand_in.stop());

  it.each(histories.filter((history) => history !== 'statspack'))(
    'is read without what it lacks: %s',
    async (history) => {
      const tools = collectTools();
      const connection = await openStandIn(stand_in, { options: { diagnostics_pack_licensed: true, history } });
      expect(connection.server_version).toBe('19.0.0.0.0');
      for (const { name } of aspects) {
        const first = await connection.collect(name, undefined, tools);
        tools.advance(60_000);
        const { outcome } = await connection.collect(name, first.state, tools);
        expect([name, outcome.state]).toEqual([name, name === 'indexes' ? 'degraded' : 'ok']);
      }
      await connection.close();
    },
  );
});
