import { afterEach, describe, expect, it } from '@jest/globals';
import type { HistoryVersion } from './testing/history-tables.js';
import { OpenedSource } from './testing/opened-source.js';

let opened: OpenedSource;
afterEach(() => opened.close());

/** Nineteen digits: what a BIGINT holds. */
const big = 9_223_372_036_854_775_807n;

describe('a run', () => {
  const numbers = {
    rows_scanned: big,
    bytes_scanned: big,
    rows_returned: 9_007_199_254_740_993n,
    planner_estimated_cost: 1.5e9,
  };
  const versions: readonly (readonly [HistoryVersion, 'software' | 'cloud', object, object])[] = [
    ['recent_24', 'software', {}, { cpu_time_us: 0n, memory_peak_bytes: 0n }],
    [
      'recent_25',
      'software',
      { execution_cpu_time_millis: 12n, execution_allocated_bytes: 5n },
      { cpu_time_us: 12_000n, memory_peak_bytes: 5n },
    ],
    [
      'recent_26',
      'software',
      { execution_cpu_time_ns: big, memory_allocated: big },
      { cpu_time_us: big / 1_000n, memory_peak_bytes: big },
    ],
    ['cloud_history', 'cloud', { execution_cpu_time_ns: 1_999n }, { cpu_time_us: 1n, memory_peak_bytes: 0n }],
  ];
  it.each(versions)('of %s keeps every digit', async (version, edition, columns, wanted) => {
    opened = await OpenedSource.open(edition, version);
    const told = await opened.after('runs', () => {
      opened.addRun(
        {},
        { ...numbers, ...columns, queue_name: 'High Cost', engine: 'big', accelerated: true, attempt_count: 2 },
      );
    });
    expect(told.rows.query_runs).toEqual([
      expect.objectContaining({
        ...{
          native_id: expect.stringContaining('job-') as unknown,
          outcome: 'completed',
          failure: '',
          run_kind: 'JDBC',
        },
        ...{ user_name: 'bi', queue_name: 'High Cost', engine_name: 'big', is_accelerated: 1, attempts: 2 },
        ...{ rows_examined: big, scanned_bytes: big, rows_returned: 9_007_199_254_740_993n, estimated_cost: 1.5e9 },
        ...{ total_time_us: 1_500_000n, execution_time_us: 1_497_000n, queue_time_us: 0n, plan_time_us: 0n },
        ...wanted,
      }),
    ]);
  });

  it('that never began to plan has no times of phases, not fifty years', async () => {
    opened = await OpenedSource.open('software');
    const phases = ['planning_start', 'query_enqueued', 'execution_planning', 'execution_start'];
    const unset = Object.fromEntries(phases.map((phase) => [`${phase}_epoch_millis`, 0n]));
    const told = await opened.after('runs', () => {
      opened.addRun({ status: 'FAILED' }, { ...unset, error_msg: `VALIDATION ERROR: column 'Müller' not found` });
    });
    expect(told.rows.query_runs).toMatchObject([
      { ...{ outcome: 'failed', failure: 'syntax', plan_time_us: 0n, queue_time_us: 0n, execution_time_us: 0n } },
    ]);
  });

  it('leaves every literal behind', async () => {
    opened = await OpenedSource.open('software');
    const told = await opened.after('runs', () => opened.addRun({}, { error_msg: `no such value 'Müller'` }));
    expect(told.rows.queries).toMatchObject([{ dialect: 'dremio', statement_class: 'select' }]);
    const text = JSON.stringify([told.rows, told.state], (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(text).not.toMatch(/Müller|4711/);
  });

  it('tells reflections from tables', async () => {
    opened = await OpenedSource.open('software');
    const told = await opened.after('runs', () => {
      opened.addRun({}, { scanned_datasets: '[lake.sales.orders, __accelerator.r-agg.m1, "a, b".t]' });
    });
    expect(told.rows.query_runs).toMatchObject([
      { scanned_tables: ['lake.sales.orders', '"a, b".t'], reflection_ids: ['r-agg'] },
    ]);
  });

  it('of Cloud has its lists and the rest of a long statement', async () => {
    opened = await OpenedSource.open('cloud');
    const told = await opened.after('runs', () => {
      opened.addRun(
        { query: 'SELECT a FROM t' },
        {
          ...{ scanned_datasets: [{ name: 'lake.t', type: 'PHYSICAL' }], query_chunks: [' WHERE b = 1', ' AND c = 2'] },
          reflection_matches: [
            { reflection_id: 'r1', relationship: 'CHOSEN' },
            { reflection_id: 'r2', relationship: 'MATCHED' },
          ],
        },
      );
    });
    expect(told.rows.query_runs).toMatchObject([{ scanned_tables: ['lake.t'], reflection_ids: ['r1'] }]);
    expect(told.rows.queries?.[0]?.template).toContain('and c =');
  });

  it.each([
    ['a preview', { query_type: 'UI_PREVIEW' }],
    ['a housekeeping job', { query_type: 'METADATA_REFRESH' }],
    ['our own statement', { query: 'SELECT /* plumbline */ 1' }],
    ['our own statement, as earlier versions marked it', { query: '/* plumbline */ SELECT 1' }],
    ['our own EXPLAIN', { query: 'EXPLAIN /* plumbline */ PLAN FOR SELECT a FROM t' }],
    [
      'our own statement, its mark taken away',
      { user_name: 'monitor', query_type: 'REST', query: 'SELECT "a" FROM sys.jobs_recent WHERE "b" > 1 ORDER BY a' },
    ],
    ['one that was over before we came', { submitted_ms: Date.now() - 3_600_000 }],
  ])('is no workload: %s', async (_title, over) => {
    opened = await OpenedSource.open('software');
    const told = await opened.after('runs', () => opened.addRun(over));
    expect(told.rows.query_runs).toEqual([]);
  });

  it('from before we came is told when a look back is configured', async () => {
    opened = await OpenedSource.open('software', undefined, {}, { options: { backfill_h: 2 } });
    opened.addRun({ submitted_ms: Date.now() - 3_600_000 });
    const told = await opened.after('runs', () => undefined);
    expect(told.rows.query_runs).toHaveLength(1);
  });

  it('text is told once, and again only when it is new', async () => {
    opened = await OpenedSource.open('software');
    const first = await opened.after('runs', () => opened.addRun());
    opened.addRun();
    opened.addRun({ query: 'SELECT b FROM u' });
    const second = await opened.collect('runs', first.state);
    expect([first.rows.queries?.length, second.rows.query_runs?.length, second.rows.queries?.length]).toEqual([
      1, 2, 1,
    ]);
  });

  it('that we alone made for long may mean that others are hidden', async () => {
    opened = await OpenedSource.open('software');
    const first = await opened.collect('runs');
    const second = await opened.collect('runs', first.state);
    opened.tools.advance(25 * 3_600_000);
    const last = await opened.collect('runs', second.state);
    expect(second.outcome.state).toBe('ok');
    expect(last.outcome).toMatchObject({
      state: 'degraded',
      fix: expect.stringContaining('VIEW JOB HISTORY') as unknown,
    });
    opened.addRun();
    expect((await opened.collect('runs', last.state)).outcome.state).toBe('ok');
  });
});
