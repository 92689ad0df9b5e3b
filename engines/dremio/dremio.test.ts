import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AspectName, Collected, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { openConnection } from './connection.js';
import type { DremioOptions } from './options.js';
import { collectTools, targetOf, testOptions } from './source-for-tests.js';
import { selfSigned, type SelfSigned } from './testing/certificate.js';
import type { HistoryVersion } from './testing/history-tables.js';
import { join_profile, profileZip } from './testing/profile-zip.js';
import { DremioStandIn } from './testing/stand-in.js';

let stand_in: DremioStandIn;
let connection: EngineConnection;
let certificate: SelfSigned | undefined;
const tools = collectTools();

async function open(
  edition: 'software' | 'cloud',
  history?: HistoryVersion,
  over: Partial<DremioOptions> = {},
  target: Partial<ConnectionTarget> = {},
): Promise<void> {
  certificate = edition === 'cloud' ? selfSigned() : undefined;
  const tls = certificate === undefined ? {} : { tls: certificate };
  stand_in = await DremioStandIn.start({ edition, ...(history === undefined ? {} : { history }), ...tls });
  const ca = certificate === undefined ? {} : { tls_ca_file: certificate.ca_file };
  connection = await openConnection(targetOf(stand_in, { ...ca, ...target }), testOptions(over));
}
afterEach(async () => {
  await connection.close();
  await stand_in.stop();
  certificate?.remove();
});

const collect = (aspect: AspectName, state?: unknown): Promise<Collected> => connection.collect(aspect, state, tools);
/** What a second reading tells, the clock an hour on, of what `between` did. */
async function after(aspect: AspectName, between: () => void): Promise<Collected> {
  const first = await collect(aspect);
  between();
  tools.advance(3_700_000);
  return collect(aspect, first.state);
}

const big = 9_223_372_036_854_775_807n;
const addRun = (over: object = {}, columns: object = {}): void => {
  const submitted_ms = Date.now() + 10;
  stand_in.runs.push({
    ...{ job_id: `job-${stand_in.runs.length}`, status: 'COMPLETED', query_type: 'JDBC', user_name: 'bi' },
    ...{ query: `SELECT a FROM lake.sales.t WHERE name = 'Müller' AND n = 4711`, submitted_ms },
    ...{ final_ms: submitted_ms + 1_500, over: columns as never },
    ...over,
  });
};

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
    await open(edition, version);
    const told = await after('runs', () => {
      addRun(
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
    await open('software');
    const phases = ['planning_start', 'query_enqueued', 'execution_planning', 'execution_start'];
    const unset = Object.fromEntries(phases.map((phase) => [`${phase}_epoch_millis`, 0n]));
    const told = await after('runs', () => {
      addRun({ status: 'FAILED' }, { ...unset, error_msg: `VALIDATION ERROR: column 'Müller' not found` });
    });
    expect(told.rows.query_runs).toMatchObject([
      { ...{ outcome: 'failed', failure: 'syntax', plan_time_us: 0n, queue_time_us: 0n, execution_time_us: 0n } },
    ]);
  });

  it('leaves every literal behind', async () => {
    await open('software');
    const told = await after('runs', () => addRun({}, { error_msg: `no such value 'Müller'` }));
    expect(told.rows.queries).toMatchObject([{ dialect: 'dremio', statement_class: 'select' }]);
    const text = JSON.stringify([told.rows, told.state], (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(text).not.toMatch(/Müller|4711/);
  });

  it('tells reflections from tables', async () => {
    await open('software');
    const told = await after('runs', () => {
      addRun({}, { scanned_datasets: '[lake.sales.orders, __accelerator.r-agg.m1, "a, b".t]' });
    });
    expect(told.rows.query_runs).toMatchObject([
      { scanned_tables: ['lake.sales.orders', '"a, b".t'], reflection_ids: ['r-agg'] },
    ]);
  });

  it('of Cloud has its lists and the rest of a long statement', async () => {
    await open('cloud');
    const told = await after('runs', () => {
      addRun(
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
    ['our own statement', { query: '/* plumbline */ SELECT 1' }],
    ['one that was over before we came', { submitted_ms: Date.now() - 3_600_000 }],
  ])('is no workload: %s', async (_title, over) => {
    await open('software');
    const told = await after('runs', () => addRun(over));
    expect(told.rows.query_runs).toEqual([]);
  });

  it('from before we came is told when a look back is configured', async () => {
    await open('software', undefined, {}, { options: { backfill_h: 2 } });
    addRun({ submitted_ms: Date.now() - 3_600_000 });
    const told = await after('runs', () => undefined);
    expect(told.rows.query_runs).toHaveLength(1);
  });

  it('text is told once, and again only when it is new', async () => {
    await open('software');
    const first = await after('runs', () => addRun());
    addRun();
    addRun({ query: 'SELECT b FROM u' });
    const second = await collect('runs', first.state);
    expect([first.rows.queries?.length, second.rows.query_runs?.length, second.rows.queries?.length]).toEqual([
      1, 2, 1,
    ]);
  });
});

describe('on Cloud', () => {
  it('nothing is asked again before its time', async () => {
    await open('cloud', undefined, { cloud_interval_s: 3_600 });
    const first = await collect('runs');
    const asked = stand_in.statements.length;
    tools.advance(1_800_000);
    const early = await collect('runs', first.state);
    expect([early.outcome.state, stand_in.statements.length, early.state]).toEqual(['ok', asked, first.state]);
    expect((await collect('reflections')).outcome.state).toBe('ok');
  });

  it('our statements run on the engine that the options name', async () => {
    await open('cloud', undefined, {}, { options: { sql_engine: 'monitoring' } });
    await collect('runs');
    expect(stand_in.engines).toEqual(new Set(['monitoring']));
  });

  it('plans come from EXPLAIN, without literals', async () => {
    await open('cloud');
    addRun();
    const told = await collect('plans');
    expect(told.rows.plans).toMatchObject([{ origin: 'generic' }]);
    expect(told.rows.plans?.[0]?.tree).toMatch(/"seq_scan".*"lake.sales","table":"orders"/);
    expect(told.rows.plans?.[0]?.tree).not.toContain('42');
  });
});

describe('other aspects', () => {
  beforeEach(() => open('software'));

  it('plans: the profile of the slowest run of each statement, and a change is an event', async () => {
    addRun({ job_id: 'slow' });
    stand_in.profiles.set('slow', profileZip(join_profile));
    const first = await collect('plans');
    expect(first.rows.plans).toMatchObject([{ origin: 'sampled', total_cost: 900.5 }]);
    addRun({ job_id: 'slower', submitted_ms: Date.now() + 60_000, final_ms: Date.now() + 99_000 });
    stand_in.profiles.set(
      'slower',
      profileZip({ ...join_profile, plan: '00-00    Screen\n00-01      Limit(fetch=[5])' }),
    );
    const second = await collect('plans', first.state);
    expect(second.rows.instance_events).toMatchObject([
      { kind: 'plan_changed', before: first.rows.plans?.[0]?.plan_hash, after: second.rows.plans?.[0]?.plan_hash },
    ]);
  });

  it.each([
    ['is gone', { status: 410 }, /keeps no profile/, 'degraded'],
    ['may not be read', { status: 403 }, /other users/, 'denied'],
    ['is no ZIP', { body: '<html>' }, /not a ZIP/, 'degraded'],
  ])('plans: a profile that %s is told and no more', async (_title, fault, message, state) => {
    addRun();
    stand_in.fail(/support/, fault);
    const told = await collect('plans');
    expect(told.outcome).toMatchObject({ state, message: expect.stringMatching(message) as unknown });
  });

  it('reflections: shape, state, exact sizes, stored copies; a thousand years is never', async () => {
    const { rows } = await collect('reflections');
    expect(rows.reflection_snapshots).toMatchObject([
      {
        ...{
          reflection_id: 'r-agg',
          kind: 'aggregation',
          can_accelerate: 1,
          dimension_columns: ['o_region', 'o_date'],
        },
        ...{ measure_columns: ['o_total (SUM, COUNT)', 'o_id (MAX)'], row_count: 9_007_199_254_740_993n },
        ...{ size_bytes: big, total_size_bytes: 18_014_398_509_481_985n, chosen: 75n, matched: 80n, considered: 120n },
        ...{ last_refresh_time_us: 61_234_000n, materializations: 1, expires_at: '2026-11-22 04:00:00.000' },
      },
      {
        ...{ reflection_id: 'r-raw', kind: 'raw', can_accelerate: 0, status: 'FAILED', failures: 7, row_count: null },
        ...{ display_columns: ['i_id', '"i, name"', 'i_price'], expires_at: null, failed_materializations: 1 },
      },
    ]);
    expect(JSON.stringify(rows, (_k, value: unknown) => (typeof value === 'bigint' ? '' : value))).not.toContain(
      'secret',
    );
  });

  it('tables: files by their sums, in turn; a table without a list of files is not asked again', async () => {
    const first = await collect('tables');
    expect(first.rows.table_file_snapshots).toEqual([
      expect.objectContaining({
        ...{ schema_name: 'lake.sales', table_name: 'orders', file_format: 'PARQUET', files: 3n, partitions: 2n },
        ...{ size_bytes: 2n ** 53n + 3_001n, row_count: 3n * 10n ** 15n, small_files: 2n, small_size_bytes: 3_000n },
      }),
    ]);
    const asked = stand_in.statements.filter((sql) => sql.includes('items')).length;
    stand_in.tables.set('INFORMATION_SCHEMA."TABLES"', {
      columns: { table_schema: 'VARCHAR', table_name: 'VARCHAR', table_type: 'VARCHAR' },
      rows: [{ table_schema: 'lake.sales', table_name: 'items', table_type: 'TABLE' }],
    });
    const second = await collect('tables', first.state);
    expect(stand_in.statements.filter((sql) => sql.includes('items'))).toHaveLength(asked);
    expect(second.rows.instance_events).toMatchObject([{ kind: 'table_dropped', object_name: 'lake.sales.orders' }]);
  });

  it('tables: each reading counts some and tells all that were counted', async () => {
    const table = (table_name: string) => ({ table_schema: 'lake.sales', table_name, table_type: 'TABLE' });
    const columns = { table_schema: 'VARCHAR', table_name: 'VARCHAR', table_type: 'VARCHAR' };
    stand_in.tables.set('INFORMATION_SCHEMA."TABLES"', { columns, rows: ['customers', 'orders'].map(table) });
    const orders = stand_in.tables.get(`TABLE(table_files('"lake"."sales"."orders"'))`);
    if (orders === undefined) throw new Error('no files');
    stand_in.tables.set(`TABLE(table_files('"lake"."sales"."customers"'))`, orders);
    await connection.close();
    connection = await openConnection(targetOf(stand_in), testOptions({ tables_per_reading: 1 }));
    const first = await collect('tables');
    const second = await collect('tables', first.state);
    const namesIn = (rows: readonly { readonly table_name: string }[] = []) => rows.map(({ table_name }) => table_name);
    expect([namesIn(first.rows.table_file_snapshots), namesIn(first.rows.table_snapshots)]).toEqual([
      ['customers'],
      ['customers'],
    ]);
    expect(namesIn(second.rows.table_file_snapshots)).toEqual(['orders']);
    expect(namesIn(second.rows.table_snapshots)).toEqual(['customers', 'orders']);
    expect(second.rows.table_snapshots?.[0]).toMatchObject({
      live_rows: 3n * 10n ** 15n,
      size_bytes: 2n ** 53n + 3_001n,
    });
  });

  it('schema: columns but not those of Dremio itself, and what became of them', async () => {
    const first = await collect('schema');
    expect(first.rows.column_snapshots).toMatchObject([
      {
        schema_name: 'lake.sales',
        table_name: 'orders',
        column_name: 'o_id',
        ordinal: 1,
        data_type: 'bigint',
        is_nullable: 0,
      },
      { column_name: 'o_region', data_type: 'character varying', is_nullable: 1, n_distinct: null },
    ]);
    const table = stand_in.tables.get('INFORMATION_SCHEMA."COLUMNS"');
    if (table === undefined) throw new Error('no columns');
    const rows = table.rows.map((row) => (row['column_name'] === 'o_id' ? { ...row, data_type: 'VARCHAR' } : row));
    stand_in.tables.set('INFORMATION_SCHEMA."COLUMNS"', { ...table, rows });
    const second = await collect('schema', first.state);
    expect(second.rows.column_snapshots).toHaveLength(1);
    expect(second.rows.instance_events).toMatchObject([
      {
        kind: 'column_changed',
        object_name: 'lake.sales.orders',
        subject: 'o_id',
        before: 'bigint not null',
        after: 'varchar not null',
      },
    ]);
  });

  it('settings: values as text, secrets hidden', async () => {
    const { rows } = await collect('settings');
    expect(rows.setting_snapshots).toMatchObject([
      { name: 'planner.enable_broadcast_join', value: 'true', change_needs: 'session' },
      { name: 'exec.queue.memory.large', value: '8589934592', source: 'SYSTEM CHANGED' },
      { name: 'store.s3.secret_token', value: '<hidden>', change_needs: 'restart' },
    ]);
  });

  it('metrics: nodes by role and all their memory', async () => {
    const { rows } = await collect('metrics');
    const values = Object.fromEntries((rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));
    expect(values).toMatchObject({ 'nodes.executors': 2, 'nodes.not_well': 1, 'memory.direct_max': 3_000 });
  });
});

describe('checkup', () => {
  it.each(['software', 'cloud'] as const)('of %s tells every unmet need with its line', async (edition) => {
    await open(edition);
    stand_in.refusals.set(edition === 'cloud' ? 'sys.project.reflections' : 'sys.reflections', 'PERMISSION ERROR');
    const checkups = await connection.checkup();
    const unmet = checkups.filter(({ outcome }) => outcome.state !== 'ok');
    expect(unmet.map(({ aspect }) => aspect)).toEqual(
      edition === 'cloud' ? ['reflections', 'settings', 'plans'] : ['connection', 'reflections'],
    );
    for (const { outcome } of unmet) expect(outcome.fix).not.toBe('');
  });
});

describe('what if', () => {
  it('cannot be proven, and says why', async () => {
    await open('software');
    expect(connection.what_if).toMatchObject({
      can_prove: false,
      reason: expect.stringContaining('not there') as unknown,
    });
    await expect(connection.what_if.plan('dremio', 'SELECT 1', [])).rejects.toMatchObject({ failure: 'unsupported' });
  });
});
