import { describe, expect, it } from '@jest/globals';
import type { Collected } from '@plumbline/contracts';
import type { StandInRow } from '../testing/relational/stand-in.js';
import { own_dbid, sqlStatRow, sqlTextRow, type DatabaseOf } from './testing/awr-history.js';
import { at, awrSource, sql, sql_id } from './testing/awr-source.js';

const of = (snap_id: number, instance_number = 1) => ({ snap_id, dbid: own_dbid, instance_number });

describe('AWR beside the statements', () => {
  const source = awrSource();
  const { forget, read, snapshots, stand_in, tools } = source;
  const begin = async (database: DatabaseOf = {}): Promise<void> => {
    await source.begin(database);
    await snapshots({ snap_id: 1, end: at(1) });
  };
  const metricsOf = ({ rows }: Collected) =>
    Object.fromEntries((rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));

  const event = (snap_id: number, event_name: string, wait_class: string, waits: number, us: number): StandInRow => ({
    ...of(snap_id),
    ...{ event_name, wait_class, total_waits_fg: waits, time_waited_micro_fg: us, time_waited_micro: us * 9 },
  });

  it('subtracts the waits of foreground sessions, and leaves idle ones out', async () => {
    await begin();
    await stand_in().load('DBA_HIST_SYSTEM_EVENT', [
      event(1, 'db file sequential read', 'User I/O', 100, 5_000),
      event(1, 'enq: TX - row lock contention', 'Application', 1, 900),
      event(1, 'SQL*Net message from client', 'Idle', 7, 7),
    ]);
    await read('waits');
    await snapshots({ snap_id: 2, end: at(2) });
    await stand_in().load('DBA_HIST_SYSTEM_EVENT', [
      event(2, 'db file sequential read', 'User I/O', 130, 9_000),
      event(2, 'enq: TX - row lock contention', 'Application', 1, 900),
      event(2, 'SQL*Net message from client', 'Idle', 70, 70),
      event(2, 'log file sync', 'Commit', 2, 40),
    ]);
    const answer = await read('waits');
    expect(answer.outcome.state).toBe('ok');
    expect(metricsOf(answer)).toEqual({
      'waits.io.time_us': 4_040,
      ...{ 'wait/db file sequential read.time_us': 4_000, 'wait/db file sequential read.count': 30 },
      ...{ 'wait/log file sync.time_us': 40, 'wait/log file sync.count': 2 },
    });
    expect(answer.rows.instance_metrics?.[0]).toMatchObject({ window_start: '2026-11-01 01:00:00.000', unit: 'us' });
  });

  it('counts waits from zero after a restart, and says when the older snapshot is gone', async () => {
    await begin();
    await stand_in().load('DBA_HIST_SYSTEM_EVENT', [event(1, 'log file sync', 'Commit', 100, 5_000)]);
    await read('waits');
    const startup = '2026-11-01T01:20:00Z';
    await snapshots({ snap_id: 2, begin: startup, end: at(2), startup });
    await stand_in().load('DBA_HIST_SYSTEM_EVENT', [event(2, 'log file sync', 'Commit', 150, 7_000)]);
    const restarted = await read('waits');
    expect(metricsOf(restarted)).toMatchObject({ 'wait/log file sync.count': 150 });
    expect(restarted.rows.instance_metrics?.[0]).toMatchObject({ window_start: '2026-11-01 01:20:00.000' });
    await stand_in().client.query('DELETE FROM dba_hist_system_event WHERE snap_id = 2');
    await snapshots({ snap_id: 3, end: at(3), startup });
    await stand_in().load('DBA_HIST_SYSTEM_EVENT', [event(3, 'log file sync', 'Commit', 170, 8_000)]);
    const answer = await read('waits');
    expect(answer.rows.instance_metrics).toEqual([]);
    expect(answer.outcome).toMatchObject({ state: 'degraded', fix: expect.stringContaining('retention') });
  });

  const statistics = async (snap_id: number, scale: number): Promise<void> => {
    const rows = (values: Readonly<Record<string, number>>) =>
      Object.entries(values).map(([stat_name, value]) => ({ ...of(snap_id), stat_name, value }));
    await stand_in().load(
      'DBA_HIST_SYS_TIME_MODEL',
      rows({ 'DB time': 7_200_000_000 * scale, 'DB CPU': 1_000 * scale }),
    );
    await stand_in().load(
      'DBA_HIST_SYSSTAT',
      rows({
        ...{ 'user commits': 50 * scale, 'session logical reads': 10 * scale, 'redo size': 4_096 * scale },
        ...{ 'CPU used by this session': 300 * scale, 'a statistic nobody asked for': 1 },
      }),
    );
    await stand_in().load('DBA_HIST_OSSTAT', rows({ BUSY_TIME: 25 * scale, IDLE_TIME: 75 * scale, NUM_CPUS: 8 }));
  };

  it('gives each statistic its unit: µs, bytes of blocks, centiseconds, ratios', async () => {
    await begin();
    await statistics(1, 1);
    await read('metrics');
    await snapshots({ snap_id: 2, end: at(2) });
    await statistics(2, 2);
    await stand_in().load('DBA_HIST_OSSTAT', [{ ...of(2), stat_name: 'LOAD', value: '2.5' }]);
    await stand_in().load('DBA_HIST_SYSMETRIC_SUMMARY', [
      { ...of(2), metric_name: 'SQL Service Response Time', average: '0.05', maxval: '1.2' },
      { ...of(2), metric_name: 'Buffer Cache Hit Ratio', average: '99.5' },
    ]);
    expect(metricsOf(await read('metrics'))).toEqual({
      ...{ 'time.database_us': 7_200_000_000, 'time.cpu_us': 1_000, 'transactions.committed': 50 },
      ...{ 'buffers.logical_read_bytes': 81_920, 'log.written_bytes': 4_096, 'sessions.cpu_us': 3_000_000 },
      ...{ 'host.busy_us': 250_000, 'host.idle_us': 750_000, 'host.processors': 8, 'host.load': 2.5 },
      // Two hours of database time in one hour: two sessions at once on average.
      ...{ 'host.cpu_used_ratio': 0.25, 'sessions.average_active': 2 },
      ...{ 'calls.response_time_us': 500, 'calls.response_time_us.max': 12_000, 'buffers.hit_ratio': 0.995 },
    });
  });

  it('counts statistics from zero after a restart, and tells of the restart', async () => {
    await begin();
    await statistics(1, 100);
    await read('metrics');
    const startup = '2026-11-01T01:30:00Z';
    await snapshots({ snap_id: 2, begin: startup, end: at(2), startup });
    await statistics(2, 1);
    const answer = await read('metrics');
    expect(metricsOf(answer)).toMatchObject({ 'transactions.committed': 50, 'sessions.average_active': 4 });
    expect(answer.rows.instance_events).toEqual([
      expect.objectContaining({ kind: 'restart', occurred_at: '2026-11-01 01:30:00.000' }),
    ]);
  });

  it('tells the nodes of a cluster apart', async () => {
    await begin({ is_cluster: true });
    await statistics(1, 1);
    await read('metrics');
    await snapshots({ snap_id: 2, end: at(2) });
    await statistics(2, 3);
    expect(metricsOf(await read('metrics'))).toMatchObject({ 'node1.transactions.committed': 100 });
  });

  it('takes each sample of ASH for ten seconds, and adds literal variants of a statement', async () => {
    await begin();
    const variant = '0000000000abc';
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(variant, sql.replace('7', '8'))]);
    await read('activity');
    await snapshots({ snap_id: 2, end: at(2) });
    const sample = (over: StandInRow): StandInRow => ({
      ...of(2),
      con_dbid: own_dbid,
      session_state: 'WAITING',
      ...over,
    });
    const io = { event: 'db file sequential read', wait_class: 'User I/O' };
    await stand_in().load('DBA_HIST_ACTIVE_SESS_HISTORY', [
      sample({ sql_id, ...io }),
      sample({ sql_id: variant, ...io }),
      sample({ sql_id, session_state: 'ON CPU' }),
      sample({ event: 'log file parallel write', wait_class: 'System I/O' }),
      sample({ sql_id, module: 'plumbline', session_state: 'ON CPU' }),
    ]);
    const { query_hash } = tools.template(sql);
    const { rows } = await read('activity');
    expect(rows.wait_deltas).toHaveLength(3);
    expect(rows.wait_deltas).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ query_hash, wait_class: 'io', samples: 2, sampled_time_us: 20_000_000n }),
        expect.objectContaining({ query_hash, wait_class: 'cpu', wait_event: '', samples: 1 }),
        expect.objectContaining({ query_hash: '', wait_event: 'log file parallel write', samples: 1 }),
      ]),
    );
  });

  const line = (id: number, parent_id: number | null, operation: string, over: StandInRow = {}): StandInRow => ({
    ...{ dbid: own_dbid, sql_id, plan_hash_value: 77, id, parent_id, position: id, operation, cost: 9, ...over },
  });

  it('reads a plan once: from the cursor cache, which has its conditions, else from AWR', async () => {
    await begin();
    await stand_in().load('DBA_HIST_SQLSTAT', [sqlStatRow({ snap_id: 1, sql_id, plan: 77 })]);
    await stand_in().load('DBA_HIST_SQL_PLAN', [
      line(0, null, 'SELECT STATEMENT'),
      line(1, 0, 'TABLE ACCESS', { options: 'FULL', object_owner: 'SHOP', object_name: 'ORDERS' }),
    ]);
    const answer = await read('plans');
    expect(answer.outcome.state).toBe('ok');
    expect(answer.rows.plans).toEqual([
      expect.objectContaining({
        ...{ query_hash: tools.template(sql).query_hash, plan_hash: '000000000000004d', origin: 'sampled' },
        ...{ total_cost: 9, tree: expect.stringContaining('"operator":"seq_scan"') },
      }),
    ]);
    expect((await read('plans')).rows.plans).toEqual([]);
    forget();
    const { dbid: _dbid, ...cached } = line(0, null, 'SELECT STATEMENT');
    await stand_in().load('GV$SQL_PLAN', [
      { ...cached, inst_id: 1, child_number: 2, filter_predicates: `"NAME"='secret'` },
      { ...cached, inst_id: 1, child_number: 3 },
    ]);
    const [plan] = (await read('plans')).rows.plans ?? [];
    expect(plan?.tree).toContain('"filter_condition":"name = ?"');
  });

  it('says that the lines of a plan do not make a tree, and tells no half of it', async () => {
    await begin();
    await stand_in().load('DBA_HIST_SQLSTAT', [sqlStatRow({ snap_id: 1, sql_id, plan: 77 })]);
    await stand_in().load('DBA_HIST_SQL_PLAN', [line(0, null, 'SELECT STATEMENT'), line(2, 1, 'TABLE ACCESS')]);
    const answer = await read('plans');
    expect(answer.rows.plans).toEqual([]);
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('1 plans') });
  });
});
