import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { AspectName, Collected, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import type { StandIn } from '../../testing/relational/stand-in.js';
import { loadDatabase, own_dbid, snapshotRow, sqlStatRow, sqlTextRow } from './awr-history.js';
import type { DatabaseOf, SnapshotOf, SqlStatOf } from './awr-history.js';
import { openStandIn, startOracleStandIn, type OpenOptions } from './stand-in.js';
import { collectTools } from './tools.js';

export const sql = 'SELECT total FROM orders WHERE customer_id = 7';
export const sql_id = '7ws837zynp1zv';

/** Hours of one day, UTC. */
export const at = (hour: number): string =>
  new Date(Date.parse('2026-11-01T00:00:00Z') + hour * 3_600_000).toISOString();

/** What a query_delta is about, `01:00-02:00`. */
export const spanOf = (row: QueryDeltaRow): string =>
  `${row.window_start.slice(11, 16)}-${row.window_end.slice(11, 16)}`;

export const told = ({ rows }: Collected): QueryDeltaRow[] => (rows.query_deltas ?? []) as QueryDeltaRow[];

const emptied = [
  ...['V$DATABASE', 'V$INSTANCE', 'GV$INSTANCE', 'V$PARAMETER', 'V$CONTAINERS', 'GV$SQLSTATS', 'GV$SQL_PLAN'],
  ...['DBA_HIST_SNAPSHOT', 'DBA_HIST_SQLSTAT', 'DBA_HIST_SQLTEXT', 'DBA_HIST_WR_CONTROL', 'DBA_HIST_SQL_PLAN'],
  ...['DBA_HIST_SYSTEM_EVENT', 'DBA_HIST_SYSSTAT', 'DBA_HIST_SYS_TIME_MODEL', 'DBA_HIST_OSSTAT'],
  ...['DBA_HIST_SYSMETRIC_SUMMARY', 'DBA_HIST_ACTIVE_SESS_HISTORY'],
];

/** A licensed stand-in with an empty AWR for each test of a `describe`; call it there. */
export function awrSource() {
  let started: StandIn | undefined;
  let connection: EngineConnection | undefined;
  const states = new Map<AspectName, unknown>();
  const tools = collectTools();
  const there = <T>(one: T | undefined): T => {
    if (one === undefined) throw new Error('begin first');
    return one;
  };
  const stand_in = (): StandIn => there(started);

  beforeAll(async () => {
    started = await startOracleStandIn();
  });
  afterAll(async () => {
    await connection?.close();
    await started?.stop();
  });
  beforeEach(async () => {
    await connection?.close();
    connection = undefined;
    states.clear();
    await stand_in().empty(...emptied);
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(sql_id, sql)]);
    await stand_in().load('DBA_HIST_WR_CONTROL', [{ dbid: own_dbid, snap_interval: '1 hour', retention: '8 days' }]);
  });

  return {
    tools,
    stand_in,
    connection: (): EngineConnection => there(connection),
    /** Connects to a database of this kind; its AWR is loaded before or after. */
    begin: async (database: DatabaseOf = {}, open: OpenOptions = {}): Promise<void> => {
      await connection?.close();
      await stand_in().empty('V$DATABASE', 'V$INSTANCE', 'GV$INSTANCE', 'V$PARAMETER');
      await loadDatabase(stand_in(), database);
      const options = { diagnostics_pack_licensed: true, ...open.options };
      connection = await openStandIn(stand_in(), { ...open, options });
    },
    /** The next reading, with the state of the last. */
    read: async (aspect: AspectName = 'statements'): Promise<Collected> => {
      const answer = await there(connection).collect(aspect, states.get(aspect), tools);
      states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
      return answer;
    },
    forget: (): void => states.clear(),
    snapshots: (...of: readonly SnapshotOf[]) => stand_in().load('DBA_HIST_SNAPSHOT', of.map(snapshotRow)),
    stats: (...of: readonly SqlStatOf[]) => stand_in().load('DBA_HIST_SQLSTAT', of.map(sqlStatRow)),
  };
}
