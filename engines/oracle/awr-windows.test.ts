import { describe, expect, it } from '@jest/globals';
import { sqlTextRow, type SnapshotOf } from './testing/awr-history.js';
import { at, awrSource, spanOf, sql, sql_id, told } from './testing/awr-source.js';

describe('AWR, snapshot by snapshot', () => {
  const { begin, connection, read, snapshots, stand_in, stats, tools } = awrSource();

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

  it('leaves out what was imported: another DBID, and the mark of an import', async () => {
    await begin();
    const imported = '999';
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(sql_id, 'SELECT other FROM elsewhere', imported)]);
    await snapshots({ snap_id: 1, end: at(1) }, { snap_id: 1, end: at(1), dbid: imported });
    await read();
    await snapshots({ snap_id: 2, end: at(2) }, { snap_id: 2, end: at(2), dbid: imported });
    await snapshots({ snap_id: 3, end: at(3), snap_flag: 2 });
    await stats({ snap_id: 2, sql_id, executions: 5n }, { snap_id: 2, sql_id, dbid: imported, executions: 500n });
    await stats({ snap_id: 3, sql_id, executions: 600n });
    const { query_hash } = tools.template(sql);
    expect(told(await read())).toEqual([expect.objectContaining({ calls: 5n, query_hash })]);
    const checks = await connection().checkup();
    expect(checks.map(({ outcome }) => outcome.message).join()).toContain('2 snapshots of DBID 999');
  });

  it('begins a new history when the database got another DBID', async () => {
    await begin();
    await snapshots({ snap_id: 1, end: at(1) });
    await read();
    await begin({ dbid: '1600000002' });
    await snapshots({ snap_id: 2, end: at(2), dbid: '1600000002' });
    await stats({ snap_id: 2, sql_id, dbid: '1600000002' });
    expect(told(await read())).toEqual([]);
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
    await stand_in().load('V$CONTAINERS', [
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
});
