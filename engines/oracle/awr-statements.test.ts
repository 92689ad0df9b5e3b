import { describe, expect, it } from '@jest/globals';
import { encodeRow } from '@plumbline/contracts';
import { sqlIdOf, sqlTextRow } from './testing/awr-history.js';
import { at, awrSource, sql, sql_id, told } from './testing/awr-source.js';

describe('AWR, statement by statement', () => {
  const { begin, read, snapshots, stand_in, stats, tools } = awrSource();

  it('tells a plan that changed once per instance, and a statement’s two literals are no change', async () => {
    await begin();
    const [variant, other_plan] = ['0000000000abc', 2_222];
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(variant, sql.replace('7', '8'))]);
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
    await stand_in().load('GV$SQLSTATS', [{ inst_id: 1, sql_id: cached, sql_fulltext: 'SELECT 5 FROM cached' }]);
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
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(lost, 'SELECT late FROM t')]);
    await snapshots({ snap_id: 3, end: at(3) });
    await stats({ snap_id: 3, sql_id: lost });
    const second = await read();
    expect(told(second).map(({ query_hash }) => query_hash)).toEqual([tools.template('SELECT late FROM t').query_hash]);
  });

  it('tells our own load beside, not among the statements', async () => {
    await begin();
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(sqlIdOf(1), '/* plumbline */ SELECT 1 FROM dual')]);
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
    await stand_in().load(
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
    await stand_in().load('DBA_HIST_SQLTEXT', [sqlTextRow(sqlIdOf(1), `SELECT ${ids} FROM t`)]);
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
