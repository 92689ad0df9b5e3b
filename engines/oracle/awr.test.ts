import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeRow } from '@plumbline/contracts';
import type { Collected, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import type { StandIn } from '../testing/relational/stand-in.js';
import { loadDatabase, own_dbid, snapshotRow, sqlIdOf, sqlStatRow, sqlTextRow } from './testing/awr-history.js';
import type { DatabaseOf, SnapshotOf, SqlStatOf } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn, type OpenOptions } from './testing/stand-in.js';
import { oracleTools } from './testing/tools.js';

const sql = 'SELECT total FROM orders WHERE customer_id = 7';
const sql_id = '7ws837zynp1zv';
const licensed = { diagnostics_pack_licensed: true };
const at = (hour: number): string => new Date(Date.parse('2026-11-01T00:00:00Z') + hour * 3_600_000).toISOString();
const spanOf = (row: QueryDeltaRow) => `${row.window_start.slice(11, 16)}-${row.window_end.slice(11, 16)}`;

describe('AWR statements', () => {
  let stand_in: StandIn;
  let connection: EngineConnection | undefined;
  let state: unknown;
  const tools = oracleTools();

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
  });
  afterAll(() => stand_in.stop());
  beforeEach(async () => {
    await connection?.close();
    connection = undefined;
    state = undefined;
    await stand_in.empty('V$DATABASE', 'V$INSTANCE', 'GV$INSTANCE', 'V$PARAMETER', 'V$CONTAINERS', 'GV$SQLSTATS');
    await stand_in.empty('DBA_HIST_SNAPSHOT', 'DBA_HIST_SQLSTAT', 'DBA_HIST_SQLTEXT', 'DBA_HIST_WR_CONTROL');
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(sql_id, sql)]);
    await stand_in.load('DBA_HIST_WR_CONTROL', [{ dbid: own_dbid, snap_interval: '1 hour', retention: '8 days' }]);
  });
  afterAll(async () => connection?.close());

  const begin = async (database: DatabaseOf = {}, open: OpenOptions = {}): Promise<void> => {
    await loadDatabase(stand_in, database);
    connection = await openStandIn(stand_in, { ...open, options: { ...licensed, ...open.options } });
  };
  const read = async (): Promise<Collected> => {
    if (connection === undefined) throw new Error('begin first');
    const answer = await connection.collect('statements', state, tools);
    state = JSON.parse(JSON.stringify(answer.state));
    return answer;
  };
  const told = (answer: Collected) => (answer.rows.query_deltas ?? []) as QueryDeltaRow[];
  const snapshots = (...of: readonly SnapshotOf[]) => stand_in.load('DBA_HIST_SNAPSHOT', of.map(snapshotRow));
  const stats = (...of: readonly SqlStatOf[]) => stand_in.load('DBA_HIST_SQLSTAT', of.map(sqlStatRow));

  it('tells each snapshot once, in its own window, with names and the plan', async () => {
    await begin();
    await snapshots({ snap_id: 10, end: at(1) });
    await stats({ snap_id: 10, sql_id, executions: 99n });
    expect((await read()).rows.query_deltas).toEqual([]);
    await snapshots({ snap_id: 11, end: at(2) }, { snap_id: 12, end: at(3) });
    await stats({ snap_id: 11, sql_id, executions: 3n }, { snap_id: 12, sql_id, executions: 4n, plan: 255 });
    const answer = await read();
    expect(answer.outcome.state).toBe('ok');
    expect(told(answer).map((row) => [spanOf(row), row.calls])).toEqual([
      ['01:00-02:00', 3n],
      ['02:00-03:00', 4n],
    ]);
    expect(told(answer)[1]).toMatchObject({
      ...{ query_hash: tools.template(sql).query_hash, native_id: sql_id, user_name: 'SHOP', database_name: 'ORCL' },
      ...{ plan_hash: '00000000000000ff', percentile_origin: 'means', flags: [] },
    });
    expect(answer.rows.queries?.map(({ template }) => template)).toEqual([tools.template(sql).template]);
    const again = await read();
    expect([again.rows.query_deltas, again.rows.queries]).toEqual([[], []]);
  });

  it('keeps each instance of a cluster at its own place: one flushes later than the other', async () => {
    await begin({ is_cluster: true, startups: { 1: at(-99), 2: at(-99) } });
    const of = (snap_id: number, instance_number: number): SnapshotOf => ({
      ...{ snap_id, instance_number, end: at(snap_id), startup: at(-99) },
    });
    await snapshots(of(1, 1), of(1, 2));
    await read();
    await snapshots(of(2, 1));
    await stats({ snap_id: 2, instance_number: 1, sql_id, executions: 5n });
    expect(told(await read()).map(({ calls }) => calls)).toEqual([5n]);
    await snapshots(of(2, 2), of(3, 1));
    await stats({ snap_id: 2, instance_number: 2, sql_id, executions: 7n });
    await stats({ snap_id: 3, instance_number: 1, sql_id, executions: 11n });
    expect(told(await read()).map((row) => [spanOf(row), row.calls])).toEqual([
      ['01:00-02:00', 7n],
      ['02:00-03:00', 11n],
    ]);
  });

  it('begins the first window after a restart at the restart', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    const startup = '2026-11-01T01:20:00Z';
    await snapshots({ snap_id: 2, begin: startup, end: at(2), startup });
    await stats({ snap_id: 2, sql_id, executions: 5n });
    const answer = await read();
    expect(told(answer).map((row) => [spanOf(row), row.calls])).toEqual([['01:20-02:00', 5n]]);
    expect(answer.outcome.state).toBe('ok');
  });

  it.each([
    {
      what: 'that were purged before they were read',
      later: { snap_id: 5, begin: at(4), end: at(5) },
      message: 'snapshots before 5 of instance 1 are missing',
      span: '04:00-05:00',
    },
    {
      what: 'that were never taken',
      later: { snap_id: 2, begin: at(1), end: at(3) },
      message: 'spans more than one interval of 3600 s',
      span: '01:00-03:00',
    },
    {
      what: 'taken while the pack was off',
      later: { snap_id: 2, end: at(2), snap_flag: 4 },
      message: 'mostly empty',
      span: '01:00-02:00',
    },
  ])('says so of snapshots $what', async ({ later, message, span }) => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots(later);
    await stats({ snap_id: later.snap_id, sql_id });
    const answer = await read();
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining(message) });
    expect(told(answer).map(spanOf)).toEqual([span]);
  });

  it('tells a plan that changed once per instance, and a statement’s two literals are no change', async () => {
    await begin();
    const [variant, other_plan] = ['0000000000abc', 2_222];
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(variant, sql.replace('7', '8'))]);
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats({ snap_id: 2, sql_id, plan: 1_111 }, { snap_id: 2, sql_id: variant, plan: other_plan });
    expect((await read()).rows.instance_events).toEqual([]);
    await snapshots({ snap_id: 3, end: at(3) });
    await stats({ snap_id: 3, sql_id, plan: 1_111, elapsed_us: 1n }, { snap_id: 3, sql_id, plan: other_plan });
    await stats({ snap_id: 3, sql_id: variant, plan: other_plan });
    expect((await read()).rows.instance_events).toEqual([
      expect.objectContaining({
        ...{ kind: 'plan_changed', object_name: sql_id, query_hash: tools.template(sql).query_hash },
        ...{ before: '0000000000000457', after: '00000000000008ae', occurred_at: '2026-11-01 03:00:00.000' },
      }),
    ]);
    await snapshots({ snap_id: 4, end: at(4) });
    await stats({ snap_id: 4, sql_id, plan: other_plan });
    expect((await read()).rows.instance_events).toEqual([]);
  });

  it('leaves out what was imported: another DBID, and the mark of an import', async () => {
    await begin();
    const imported = '999';
    await snapshots({ snap_id: 1, end: at(1) }, { snap_id: 900, end: at(1), dbid: imported });
    await read();
    await snapshots({ snap_id: 2, end: at(2) }, { snap_id: 901, end: at(2), dbid: imported });
    await snapshots({ snap_id: 3, end: at(3), snap_flag: 2 });
    await stats({ snap_id: 2, sql_id, executions: 5n }, { snap_id: 901, sql_id, dbid: imported, executions: 500n });
    await stats({ snap_id: 3, sql_id, executions: 600n });
    expect(told(await read()).map(({ calls }) => calls)).toEqual([5n]);
    const checks = (await connection?.checkup()) ?? [];
    expect(checks.map(({ outcome }) => outcome.message).join()).toContain('2 snapshots of DBID 999');
  });

  it('begins a new history when the database got another DBID', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await connection?.close();
    await stand_in.empty('V$DATABASE', 'V$INSTANCE', 'GV$INSTANCE', 'V$PARAMETER');
    await begin({ dbid: '1600000002' });
    await snapshots({ snap_id: 2, end: at(2), dbid: '1600000002' });
    await stats({ snap_id: 2, sql_id, dbid: '1600000002' });
    expect(told(await read())).toEqual([]);
  });

  it('keeps what ran without finishing, and flags what a cursor lost when it aged out', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats(
      { snap_id: 2, sql_id, executions: 0n, elapsed_us: 3_599_000_000n },
      { snap_id: 2, sql_id: sqlIdOf(1), executions: null, elapsed_us: null },
      { snap_id: 2, sql_id: sqlIdOf(2), executions: 2n, elapsed_us: -5n },
    );
    expect(told(await read()).map(({ calls, total_time_us, flags }) => [calls, total_time_us, flags])).toEqual([
      [0n, 3_599_000_000n, []],
      [0n, 0n, ['counter_reset']],
      [2n, 0n, ['counter_reset']],
    ]);
  });

  it('names a statement by its SQL_ID until its text comes, and takes one from the cursor cache', async () => {
    await begin();
    const [lost, cached] = [sqlIdOf(1), sqlIdOf(2)];
    await stand_in.load('GV$SQLSTATS', [{ inst_id: 1, sql_id: cached, sql_fulltext: 'SELECT 5 FROM cached' }]);
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats({ snap_id: 2, sql_id: lost }, { snap_id: 2, sql_id: cached });
    const first = await read();
    expect(first.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('the text of 1') });
    expect(first.rows.queries?.map(({ template, is_truncated }) => [template, is_truncated])).toEqual([
      [`text not kept of "${lost}"`, 1],
      ['select ? from cached', 0],
    ]);
    expect(new Set(told(first).map(({ query_hash }) => query_hash)).size).toBe(2);
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(lost, 'SELECT late FROM t')]);
    await snapshots({ snap_id: 3, end: at(3) });
    await stats({ snap_id: 3, sql_id: lost });
    const second = await read();
    expect(told(second).map(({ query_hash }) => query_hash)).toEqual([tools.template('SELECT late FROM t').query_hash]);
  });

  it('tells our own load beside, not among the statements', async () => {
    await begin();
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(sqlIdOf(1), '/* plumbline */ SELECT 1 FROM dual')]);
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats({ snap_id: 2, sql_id }, { snap_id: 2, sql_id: sqlIdOf(1), elapsed_us: 300n });
    await stats({ snap_id: 2, sql_id: sqlIdOf(2), elapsed_us: 20n, over: { module: 'plumbline' } });
    const answer = await read();
    expect(told(answer).map(({ native_id }) => native_id)).toEqual([sql_id]);
    expect(answer.rows.queries).toHaveLength(1);
    expect(answer.rows.instance_metrics).toContainEqual(
      expect.objectContaining({ metric: 'plumbline.source_time_us', value: 320 }),
    );
  });

  it.each([
    { zone: 'east of Greenwich', before_s: 3_600, after_s: 3_600, span: '01:00-02:00' },
    { zone: 'in India', before_s: 19_800, after_s: 19_800, span: '01:00-02:00' },
    { zone: 'west of Greenwich', before_s: -18_000, after_s: -18_000, span: '01:00-02:00' },
    { zone: 'where the clocks were put back in between', before_s: 7_200, after_s: 3_600, span: '01:00-02:00' },
    { zone: 'where the clocks were put forward in between', before_s: 3_600, after_s: 7_200, span: '01:00-02:00' },
  ])('tells windows in UTC for a server $zone', async ({ before_s, after_s, span }) => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1), offset_s: before_s });
    await read();
    // Oracle writes the end of the snapshot before, as the clock said it then, for the begin of this one.
    const begin_as_written = new Date(Date.parse(at(1)) + (before_s - after_s) * 1_000).toISOString();
    const startup = new Date(Date.parse('2026-10-01T00:00:00Z') + (before_s - after_s) * 1_000).toISOString();
    await snapshots({ snap_id: 2, begin: begin_as_written, end: at(2), offset_s: after_s, startup });
    await stats({ snap_id: 2, sql_id });
    const answer = await read();
    expect(told(answer).map(spanOf)).toEqual([span]);
    expect(answer.outcome.state).toBe('ok');
  });

  it.each([
    { scope: 'root' as const, dbid: '100', calls: [1n, 2n], names: ['SALES', 'HR'] },
    { scope: 'pdb' as const, dbid: '200', calls: [4n], names: ['SALES'] },
  ])('reads the snapshots of the $scope of a container database once', async ({ scope, calls, names }) => {
    await stand_in.load('V$CONTAINERS', [
      { con_id: 3, dbid: '200', name: 'SALES' },
      { con_id: 4, dbid: '300', name: 'HR' },
    ]);
    const context = { con_name: 'SALES', con_id: '3' };
    await begin({ dbid: '100', con_dbid: '200', cdb: 'YES' }, { options: { awr_scope: scope }, double: { context } });
    for (const dbid of ['100', '200']) await snapshots({ snap_id: 1, end: at(1), dbid });
    await read();
    for (const dbid of ['100', '200']) await snapshots({ snap_id: 2, end: at(2), dbid });
    await stats({ snap_id: 2, dbid: '100', sql_id, executions: 1n, over: { con_dbid: '200' } });
    await stats({ snap_id: 2, dbid: '100', sql_id, executions: 2n, over: { con_dbid: '300' } });
    await stats({ snap_id: 2, dbid: '200', sql_id, executions: 4n });
    const answer = await read();
    expect(told(answer).map((row) => row.calls)).toEqual(calls);
    expect(told(answer).map((row) => row.database_name)).toEqual(names);
  });

  it('says how to switch snapshots on where a pluggable database has none, and tells the first that comes', async () => {
    const context = { con_name: 'SALES', con_id: '3' };
    await begin({ dbid: '100', con_dbid: '200', cdb: 'YES' }, { options: { awr_scope: 'pdb' }, double: { context } });
    const answer = await read();
    expect(answer.outcome).toMatchObject({
      state: 'unsupported',
      fix: expect.stringContaining('AWR_PDB_AUTOFLUSH_ENABLED'),
    });
    await snapshots({ snap_id: 1, end: at(1), dbid: '200' });
    await stats({ snap_id: 1, dbid: '200', sql_id, executions: 6n });
    expect(told(await read()).map(({ calls }) => calls)).toEqual([6n]);
  });

  it('catches up in steps after a long pause, and loses nothing', async () => {
    await begin({}, { options: { snapshots_per_reading: 4 } });
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    const later = Array.from({ length: 10 }, (_, place) => place + 2);
    await snapshots(...later.map((snap_id) => ({ snap_id, end: at(snap_id) })));
    await stats(...later.map((snap_id) => ({ snap_id, sql_id, executions: BigInt(snap_id) })));
    const answers = [await read(), await read(), await read(), await read()];
    expect(answers.map((answer) => told(answer).length)).toEqual([4, 4, 2, 0]);
    expect(answers[0]?.outcome.message).toContain('6 older snapshots are still to be read');
    const total = answers.flatMap(told).reduce((sum, { calls }) => sum + calls, 0n);
    expect(total).toBe(65n);
  });

  it('is exact beyond 2^53: counters of 19 digits, and one of 20 in the text that travels', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    const [executions, elapsed_us] = [9_223_372_036_854_775_807n, 18_446_744_073_709_551_615n];
    const over = { buffer_gets_delta: '2251799813685249', rows_processed_delta: '9007199254740993' };
    await stats({ snap_id: 2, sql_id, executions, elapsed_us, over });
    const [row] = told(await read());
    expect(row).toMatchObject({ calls: executions, total_time_us: elapsed_us, rows_returned: 9_007_199_254_740_993n });
    expect(row?.logical_read_bytes).toBe(2_251_799_813_685_249n * 8_192n);
    expect(encodeRow(row ?? {})).toContain(`"total_time_us":"18446744073709551615"`);
  });

  it('brings a snapshot of a thousand statements whole, each text once', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    const ids = Array.from({ length: 1_000 }, (_, number) => sqlIdOf(number));
    await stand_in.load(
      'DBA_HIST_SQLTEXT',
      ids.map((id, n) => sqlTextRow(id, `SELECT c${n} FROM t${n % 50} WHERE id = ${n}`)),
    );
    await snapshots({ snap_id: 2, end: at(2) });
    await stats(...ids.map((id, n) => ({ snap_id: 2, sql_id: id, executions: BigInt(n), elapsed_us: BigInt(n * n) })));
    const answer = await read();
    expect(answer.rows.queries).toHaveLength(1_000);
    expect(told(answer).map(({ native_id, calls, total_time_us }) => [native_id, calls, total_time_us])).toEqual(
      ids.map((id, n) => [id, BigInt(n), BigInt(n * n)]),
    );
  });

  it('cuts a text that would only fill memory, and says so', async () => {
    await begin();
    const ids = Array.from({ length: 300_000 }, (_, number) => `column_${number}`).join(', ');
    await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(sqlIdOf(1), `SELECT ${ids} FROM t`)]);
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats({ snap_id: 2, sql_id: sqlIdOf(1) });
    const [query] = (await read()).rows.queries ?? [];
    expect(query?.is_truncated).toBe(1);
    expect(query?.template.length).toBeLessThanOrEqual(200_000);
  });

  it('leaves out a row that holds what it cannot, says so, and goes on', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await snapshots({ snap_id: 2, end: at(2) });
    await stats({ snap_id: 2, sql_id }, { snap_id: 2, sql_id: '' });
    const answer = await read();
    expect(told(answer)).toHaveLength(1);
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('1 rows of DBA_HIST') });
  });
});
