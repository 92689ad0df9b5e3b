import { afterAll, beforeAll, describe } from '@jest/globals';
import { engineContract } from '../engine.contract.js';
import type { StandIn } from '../testing/relational/stand-in.js';
import { engine } from './index.js';
import { histories, optionsOf } from './options.js';
import { loadDatabase, local, own_dbid, snapshotRow, sqlStatRow, sqlTextRow } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn, targetOf } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

const statement = 'SELECT status FROM orders WHERE id = 5';
const sql_id = '7ws837zynp1zv';
const at = (hour: number): string => new Date(Date.parse('2026-11-01T00:00:00Z') + hour * 3_600_000).toISOString();

type Run = (stand_in: StandIn, times: number) => Promise<void>;

const awr: Run = async (stand_in, times) => {
  const { rows } = await stand_in.client.query<{ newest: string }>(
    'SELECT max(snap_id) AS newest FROM dba_hist_snapshot',
  );
  const snap_id = Number(rows[0]?.newest ?? 0) + 1;
  await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id, end: at(snap_id) })]);
  await stand_in.load('DBA_HIST_SQLSTAT', [sqlStatRow({ snap_id, sql_id, executions: BigInt(times) })]);
};

const cursors: Run = async (stand_in, times) => {
  await stand_in.client.query(
    `UPDATE gv$sqlstats SET executions = executions + $1, elapsed_time = elapsed_time + 1000 * $1, last_active_time = localtimestamp`,
    [times],
  );
};

const statspack: Run = async (stand_in, times) => {
  const { rows } = await stand_in.client.query<{ newest: string; total: string }>(
    'SELECT max(snap_id) AS newest, max(executions) AS total FROM perfstat.stats$sql_summary',
  );
  const [snap_id, total] = [Number(rows[0]?.newest) + 1, BigInt(rows[0]?.total ?? 0)];
  await loadStatspack(stand_in, snap_id, total + BigInt(times));
};

async function loadStatspack(stand_in: StandIn, snap_id: number, executions: bigint): Promise<void> {
  const key = { snap_id, dbid: own_dbid, instance_number: 1 };
  await stand_in.load('PERFSTAT.STATS$SNAPSHOT', [
    { ...key, snap_time: local(at(snap_id)), startup_time: local('2026-10-01T00:00:00Z') },
  ]);
  await stand_in.load('PERFSTAT.STATS$SQL_SUMMARY', [
    {
      ...{ ...key, sql_id, old_hash_value: 77, text_subset: statement.slice(0, 31), module: 'shop', executions },
      ...{ elapsed_time: executions * 1_000n, cpu_time: 0, buffer_gets: 0, disk_reads: 0, rows_processed: 0 },
    },
  ]);
}

const runs: Readonly<Record<string, Run>> = { awr, cursors, statspack };

describe('Oracle as an engine', () => {
  let stand_in: StandIn;

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in);
    await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id: 1, end: at(1) })]);
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(sql_id, statement)]);
    await stand_in.load('GV$SQLSTATS', [
      {
        ...{ inst_id: 1, sql_id, plan_hash_value: 12, sql_fulltext: statement, last_active_time: local(new Date()) },
        ...{ executions: 40, elapsed_time: 40_000, rows_processed: 0, buffer_gets: 0, disk_reads: 0, cpu_time: 0 },
      },
    ]);
    await loadStatspack(stand_in, 1, 40n);
    await stand_in.load('PERFSTAT.STATS$SQLTEXT', [
      { sql_id, old_hash_value: 77, piece: 1, sql_text: statement.slice(20) },
      { sql_id, old_hash_value: 77, piece: 0, sql_text: statement.slice(0, 20) },
    ]);
  });
  afterAll(() => stand_in.stop());

  describe.each(histories.filter((history) => history !== 'auto'))('its history from %s', (history) => {
    const options = { diagnostics_pack_licensed: history === 'awr', history };
    engineContract({ ...engine, connect: (target) => openStandIn(stand_in, { options: optionsOf(target) }) }, () => ({
      target: targetOf(stand_in, { options }),
      tools: collectTools(),
      statement,
      run: (times) => runs[history]?.(stand_in, times) ?? Promise.reject(new Error(`nothing runs ${history}`)),
    }));
  });
});
