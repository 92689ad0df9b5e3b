import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AspectName, Collected, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import type { StandIn, StandInRow } from '../testing/relational/stand-in.js';
import { loadDatabase, local, own_dbid, sqlIdOf } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn, type OpenOptions } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

const sql = 'SELECT total FROM orders WHERE customer_id = 7';
const sql_id = '7ws837zynp1zv';

describe('Without the Diagnostics Pack', () => {
  let stand_in: StandIn;
  let connection: EngineConnection;
  const states = new Map<AspectName, unknown>();
  const tools = collectTools();

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in, { startups: { 1: '2026-10-01T00:00:00Z', 2: '2026-10-01T00:00:00Z' } });
    await stand_in.client.query(`UPDATE v$instance SET parallel = 'YES'`);
    await stand_in.load('V$CONTAINERS', [{ con_id: 3, dbid: '200', name: 'SALES' }]);
  });
  afterAll(() => stand_in.stop());
  beforeEach(async () => {
    states.clear();
    await stand_in.empty(
      'GV$SQLSTATS',
      'GV$SESSION',
      'GV$SYSTEM_EVENT',
      'GV$SYSSTAT',
      'GV$OSSTAT',
      'GV$SYS_TIME_MODEL',
    );
    await stand_in.empty('GV$SQL_PLAN', 'PERFSTAT.STATS$SNAPSHOT', 'PERFSTAT.STATS$SQL_SUMMARY');
    await stand_in.client.query(`UPDATE gv$instance SET startup_time = '2026-10-01'`);
    await open();
  });

  const open = async (over: OpenOptions = {}): Promise<void> => {
    await (connection as EngineConnection | undefined)?.close();
    connection = await openStandIn(stand_in, over);
  };
  afterAll(() => connection.close());
  const read = async (aspect: AspectName): Promise<Collected> => {
    tools.advance(60_000);
    const answer = await connection.collect(aspect, states.get(aspect), tools);
    states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
    return answer;
  };
  const told = ({ rows }: Collected) => (rows.query_deltas ?? []) as QueryDeltaRow[];
  const cursor = (executions: number | string, over: StandInRow = {}): StandInRow => ({
    ...{ inst_id: 1, con_id: 3, sql_id, plan_hash_value: 12, sql_fulltext: sql, last_active_time: local(new Date()) },
    ...{ executions, elapsed_time: executions, cpu_time: 0, buffer_gets: 0, disk_reads: 0, rows_processed: 0 },
    ...over,
  });
  const set = (column: string, value: string | number, where = 'true') =>
    stand_in.client.query(`UPDATE gv$sqlstats SET ${column} = $1 WHERE ${where}`, [value]);

  it('tells the growth of each cursor, by instance, container and plan', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(40), cursor(50, { inst_id: 2 })]);
    await read('statements');
    await set('executions', 45, 'inst_id = 1');
    await stand_in.load('GV$SQLSTATS', [cursor(3, { plan_hash_value: 13 })]);
    const answer = await read('statements');
    expect(told(answer).map((row) => [row.calls, row.plan_hash, row.database_name, row.flags])).toEqual([
      [5n, '000000000000000c', 'SALES', []],
      [3n, '000000000000000d', 'SALES', []],
    ]);
    expect(answer.rows.queries).toHaveLength(1);
    expect(told(await read('statements'))).toEqual([]);
  });

  it('tells a plan that changed', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(40)]);
    await read('statements');
    await set('executions', 45);
    expect((await read('statements')).rows.instance_events).toEqual([]);
    await stand_in.load('GV$SQLSTATS', [cursor(3, { plan_hash_value: 13, elapsed_time: 900 })]);
    const event = { kind: 'plan_changed', before: '000000000000000c', after: '000000000000000d', object_name: sql_id };
    expect((await read('statements')).rows.instance_events).toEqual([expect.objectContaining(event)]);
  });

  it('names a statement by its SQL_ID when its text has left the cache', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(40, { sql_fulltext: null })]);
    await read('statements');
    await set('executions', 45);
    const answer = await read('statements');
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('the text of 1') });
    expect(answer.rows.queries?.map(({ template }) => template)).toEqual([`text not kept of "${sql_id}"`]);
  });

  it.each([
    { what: 'aged out and was loaded again', change: () => set('executions', 2), calls: 2n, flags: ['counter_reset'] },
    {
      what: 'counts on after its instance was restarted, though the number is higher',
      change: async () => {
        await set('executions', 90);
        await stand_in.client.query(`UPDATE gv$instance SET startup_time = '2026-11-01'`);
      },
      calls: 90n,
      flags: ['counter_reset'],
    },
    {
      what: 'counts beyond 2^53',
      change: () => set('executions', '18446744073709551655'),
      calls: 2n ** 64n - 1n,
      flags: [],
    },
  ])('is right for a cursor that $what', async ({ change, calls, flags }) => {
    await stand_in.load('GV$SQLSTATS', [cursor(40)]);
    await read('statements');
    await change();
    expect(told(await read('statements')).map((row) => [row.calls, row.flags])).toEqual([[calls, flags]]);
  });

  it('never takes an old cursor for a new one when there are more than it keeps', async () => {
    await open({ options: { most_cursors: 2 } });
    await stand_in.load(
      'GV$SQLSTATS',
      [1, 2, 3].map((n) => cursor(n * 100, { sql_id: sqlIdOf(n), inst_id: 1 })),
    );
    const first = await read('statements');
    expect(first.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('more than 2') });
    await set('elapsed_time', 900, `sql_id = '${sqlIdOf(1)}'`);
    await set('executions', 105, `sql_id = '${sqlIdOf(1)}'`);
    expect(told(await read('statements'))).toEqual([]);
    await set('executions', 109, `sql_id = '${sqlIdOf(1)}'`);
    expect(told(await read('statements')).map(({ calls }) => calls)).toEqual([4n]);
  });

  it('tells our own load beside, not among the statements', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(1, { sql_fulltext: 'SELECT /* plumbline */ 1 FROM dual' })]);
    await read('statements');
    await set('elapsed_time', 501);
    const answer = await read('statements');
    expect(told(answer)).toEqual([]);
    expect(answer.rows.instance_metrics).toContainEqual(
      expect.objectContaining({ metric: 'plumbline.source_time_us', value: 500 }),
    );
  });

  it('samples running sessions: on a processor while they do not wait', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(1)]);
    const session = (over: StandInRow): StandInRow => ({
      ...{ inst_id: 1, con_id: 3, sql_id, status: 'ACTIVE', type: 'USER', state: 'WAITING', module: 'shop', ...over },
    });
    await stand_in.load('GV$SESSION', [
      session({ wait_class: 'Application', event: 'enq: TX - row lock contention' }),
      session({ wait_class: 'Application', event: 'enq: TX - row lock contention' }),
      session({ state: 'WAITED SHORT TIME', wait_class: 'Idle', event: 'SQL*Net message from client' }),
      session({ wait_class: 'Idle', event: 'SQL*Net message from client' }),
      session({ status: 'INACTIVE', wait_class: 'User I/O', event: 'x' }),
      session({ type: 'BACKGROUND', wait_class: 'System I/O', event: 'x' }),
      session({ module: 'plumbline', wait_class: 'User I/O', event: 'x' }),
    ]);
    await read('activity');
    const { rows } = await read('activity');
    const { query_hash } = tools.template(sql);
    const lock = { wait_class: 'lock', wait_event: 'enq: TX - row lock contention', samples: 2 };
    expect(rows.wait_deltas).toEqual([
      expect.objectContaining({ query_hash, ...lock, sampled_time_us: 120_000_000n, database_name: 'SALES' }),
      expect.objectContaining({ query_hash, wait_class: 'cpu', wait_event: '', samples: 1 }),
    ]);
  });

  it('subtracts waits and statistics of each instance, from zero after its restart', async () => {
    const event = { event: 'log file sync', wait_class: 'Commit', total_waits_fg: 10, time_waited_micro_fg: 700 };
    const commits = (inst_id: number, value: number) => ({ inst_id, name: 'user commits', value });
    await stand_in.load('GV$SYSTEM_EVENT', [
      { inst_id: 1, ...event },
      { inst_id: 2, ...event },
    ]);
    await stand_in.load('GV$SYSSTAT', [commits(1, 100), commits(2, 100)]);
    await read('waits');
    await read('metrics');
    await stand_in.client.query('UPDATE gv$system_event SET time_waited_micro_fg = 900');
    await stand_in.client.query('UPDATE gv$sysstat SET value = 130');
    await stand_in.client.query(`UPDATE gv$instance SET startup_time = '2026-11-01 12:00' WHERE inst_id = 2`);
    const metricsOf = ({ rows }: Collected) =>
      Object.fromEntries((rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));
    expect(metricsOf(await read('waits'))).toMatchObject({
      ...{ 'node1.waits.io.time_us': 200, 'node2.waits.io.time_us': 900 },
    });
    const metrics = await read('metrics');
    expect(metricsOf(metrics)).toMatchObject({
      ...{ 'node1.transactions.committed': 30, 'node2.transactions.committed': 130 },
    });
    expect(metrics.rows.instance_events).toEqual([expect.objectContaining({ kind: 'restart', subject: 'node2' })]);
  });

  it('reads a plan from the cursor cache of the instance that has it', async () => {
    await stand_in.load('GV$SQLSTATS', [cursor(5, { inst_id: 2, plan_hash_value: 77 })]);
    const root = { sql_id, plan_hash_value: 77, id: 0, operation: 'SELECT STATEMENT', cost: 3, child_number: 0 };
    await stand_in.load('GV$SQL_PLAN', [{ ...root, inst_id: 2 }]);
    expect((await read('plans')).rows.plans).toEqual([expect.objectContaining({ plan_hash: '000000000000004d' })]);
  });

  const statspack = async (snap_id: number, rows: readonly StandInRow[], startup = '2026-10-01T00:00:00Z') => {
    const key = { snap_id, dbid: own_dbid, instance_number: 1 };
    const snap_time = local(`2026-11-01T0${snap_id}:00:00Z`);
    await stand_in.load('PERFSTAT.STATS$SNAPSHOT', [{ ...key, snap_time, startup_time: local(startup) }]);
    const zero = { cpu_time: 0, buffer_gets: 0, disk_reads: 0, rows_processed: 0, old_hash_value: 1, text_subset: 's' };
    await stand_in.load(
      'PERFSTAT.STATS$SQL_SUMMARY',
      rows.map((row) => ({ ...key, ...zero, elapsed_time: row['executions'], ...row })),
    );
  };

  it('subtracts neighbouring snapshots of Statspack, across a restart and an age-out', async () => {
    await open({ options: { history: 'statspack' } });
    await statspack(1, [{ sql_id, executions: 40 }]);
    await read('statements');
    await statspack(2, [
      { sql_id, executions: 45 },
      { sql_id: sqlIdOf(1), executions: 8 },
    ]);
    await statspack(3, [{ sql_id, executions: 6 }]);
    await statspack(4, [{ sql_id, executions: 9 }], '2026-11-01T03:30:00Z');
    const answer = await read('statements');
    expect(told(answer).map((row) => [row.window_start.slice(11, 16), row.calls, row.flags])).toEqual([
      ['01:00', 5n, []],
      ['01:00', 8n, ['counter_reset']],
      ['02:00', 6n, ['counter_reset']],
      ['03:30', 9n, ['counter_reset']],
    ]);
  });
});
